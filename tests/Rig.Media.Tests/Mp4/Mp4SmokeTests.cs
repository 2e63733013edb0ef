using Rig.Media.Mp4;
using Rig.Media.Tests.Support;
using Rig.Media.Time;

namespace Rig.Media.Tests.Mp4;

public sealed class Mp4SmokeTests
{
    [SharedMediaTheory]
    [InlineData("mp4/bbb_prog_10s.mp4")]
    [InlineData("mp4/sample_no_bframes.mp4")]
    public void Smoke(string name)
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes(name));
        SegmentFile file = recording.Record(Recording.Epoch + MediaSpan.FromMilliseconds(510));
        File.WriteAllBytes("/tmp/mp4t/frag.mp4", file.Bytes);
        byte[] closed = file.Close(new SegmentEnd { EditEnd = Recording.Epoch + MediaSpan.FromMilliseconds(8010), Marks = [new SegmentMark(Recording.Epoch + MediaSpan.FromMilliseconds(700), "Göal"), new SegmentMark(Recording.Epoch + MediaSpan.FromMilliseconds(800), "B")] });
        File.WriteAllBytes("/tmp/mp4t/unpatched.mp4", file.Unpatched);
        File.WriteAllBytes("/tmp/mp4t/closed.mp4", closed);
    }
}

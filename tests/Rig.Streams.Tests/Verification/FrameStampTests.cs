using Rig.Media.Time;
using Rig.Streams.Verification;

namespace Rig.Streams.Tests.Verification;

public sealed class FrameStampTests
{
    [Fact]
    public void The_checksum_has_the_published_check_value() => Assert.Equal(0x29B1, FrameStamp.Crc16("123456789"u8));

    [Fact]
    public void The_stamp_is_64_bits_of_microseconds_and_their_checksum_most_significant_bit_first()
    {
        UInt128 bits = FrameStamp.Encode(UtcInstant.FromMicroseconds(0x0006_4C0F_1234_5678));

        Assert.Equal((UInt128)0x0006_4C0F_1234_5678, bits >> 16);
        Assert.Equal(FrameStamp.Crc16([0x00, 0x06, 0x4C, 0x0F, 0x12, 0x34, 0x56, 0x78]), (ushort)(bits & 0xFFFF));
        Assert.False(FrameStamp.IsWhite(bits, 12));
        Assert.True(FrameStamp.IsWhite(bits, 13));
        Assert.True(FrameStamp.IsWhite(bits, 14));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(40, true)]
    [InlineData(130, false)]
    public void A_picture_is_read_while_its_blocks_can_be_told_apart(int noise, bool readable)
    {
        var instant = UtcInstant.FromMicroseconds(1_772_366_400_123_456);
        byte[] picture = Draw(instant, stride: 700);
        var random = new Random(1);
        foreach (ref byte sample in picture.AsSpan())
        {
            int added = noise == 0 ? 0 : random.Next(-noise, noise) + (noise > 100 ? noise : 0);
            sample = (byte)Math.Clamp(sample + added, 0, 255);
        }

        Assert.Equal(readable, FrameStamp.TryDecode(picture, 700, out UtcInstant read));
        Assert.Equal(readable ? instant : UtcInstant.Unknown, read);
    }

    [Fact]
    public void Any_single_wrong_block_is_noticed()
    {
        byte[] picture = Draw(UtcInstant.FromMicroseconds(1_772_366_400_123_456), stride: FrameStamp.Width);
        for (int block = 0; block < FrameStamp.Bits; block++)
        {
            Invert(picture, block);
            Assert.False(FrameStamp.TryDecode(picture, FrameStamp.Width, out _));
            Invert(picture, block);
        }
    }

    [Fact]
    public void A_picture_without_a_stamp_or_too_small_for_one_is_refused()
    {
        Assert.False(FrameStamp.TryDecode(new byte[640 * 32], 640, out _));
        Assert.False(FrameStamp.TryDecode(new byte[639 * 32], 639, out _));
        Assert.False(FrameStamp.TryDecode(Draw(UtcInstant.FromMicroseconds(1), 640).AsSpan(1), 640, out _));
    }

    private static byte[] Draw(UtcInstant instant, int stride)
    {
        byte[] picture = new byte[stride * FrameStamp.Height];
        UInt128 bits = FrameStamp.Encode(instant);
        for (int block = 0; block < FrameStamp.Bits; block++)
        {
            for (int line = 0; line < FrameStamp.BlockSize; line++)
            {
                int y = (block / FrameStamp.Columns * FrameStamp.BlockSize) + line;
                Span<byte> row = picture.AsSpan((y * stride) + (block % FrameStamp.Columns * FrameStamp.BlockSize), FrameStamp.BlockSize);
                row.Fill(FrameStamp.IsWhite(bits, block) ? FrameStamp.White : FrameStamp.Black);
            }
        }

        return picture;
    }

    private static void Invert(byte[] picture, int block)
    {
        for (int line = 0; line < FrameStamp.BlockSize; line++)
        {
            int y = (block / FrameStamp.Columns * FrameStamp.BlockSize) + line;
            foreach (ref byte sample in picture.AsSpan((y * FrameStamp.Width) + (block % FrameStamp.Columns * 16), 16))
            {
                sample = (byte)(251 - sample);
            }
        }
    }
}

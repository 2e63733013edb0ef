namespace Rig.EndToEnd.Tests.Support;

/// <summary>A test that needs a clip of the media beside the checkout; skipped with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedMediaFactAttribute : FactAttribute
{
    public SharedMediaFactAttribute() =>
        Skip = Clips.Shared is null ? "../shared/media/ts/80s_with_ad.ts is not beside the checkout" : null;
}

/// <summary>A test that mounts a small file system; skipped with the reason where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() => Skip = SmallDisk.WhyNot;
}

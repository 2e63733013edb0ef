namespace Rig.Lighthouse.Commands;

/// <summary>Exit codes, the same as those of <c>rig</c>.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}

namespace Rig.Actors.Manifests;

/// <summary>Causes of gaps as manifests name them.</summary>
public static class GapCauses
{
    /// <summary>The recording program was killed or the machine lost power.</summary>
    public const string ProcessRestart = "process_restart";
}

namespace Rig.Media;

/// <summary>How many streams a container announces of each kind that is recorded: what is still to be expected before a file begins.</summary>
public readonly record struct StreamContents(int Video, int Audio);

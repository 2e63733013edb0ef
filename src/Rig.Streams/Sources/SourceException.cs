namespace Rig.Streams.Sources;

/// <summary>A source could not be made, started or kept up. The message says what happened and what to do about it, in words for an operator.</summary>
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);

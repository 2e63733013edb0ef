namespace Rig.Lighthouse.Setup;

/// <summary>The lighthouse cannot do what it is asked to; the message names the remedy.</summary>
internal sealed class SetupException(string message, Exception? inner = null) : Exception(message, inner);

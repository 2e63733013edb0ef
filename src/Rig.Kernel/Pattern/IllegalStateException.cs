using Akka.Actor;

namespace Akka.Pattern;

/// <summary>A call that the object's state does not allow.</summary>
public class IllegalStateException : AkkaException
{
    /// <summary>With a message.</summary>
    public IllegalStateException(string message)
        : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public IllegalStateException(string message, Exception innerEx)
        : base(message, innerEx) { }
}

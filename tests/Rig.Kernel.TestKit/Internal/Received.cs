using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>A message that a test actor has received.</summary>
internal sealed record Received(object Message, IActorRef Sender);

namespace Akka.Event;

/// <summary>A message that nobody misses when it cannot be delivered.</summary>
public interface IDeadLetterSuppression;

namespace Akka.Dispatch;

/// <summary>Something that can be run.</summary>
public interface IRunnable
{
    /// <summary>Runs it.</summary>
    void Run();
}

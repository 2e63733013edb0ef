using Rig.Cli;

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};
return (int)await RigCommandLine.RunAsync(args, CliHost.ForConsole(), interrupted.Token);

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rig.Cluster.Joining;
using Rig.Contracts.Access;

namespace Rig.Node.Rights;

/// <summary>
/// Leaves a token for programs of the node's own user on its machine, so that <c>rig</c> there needs no login: whoever may read the file may read the node's memory too.
/// A new one with each start; the file goes when the node ends.
/// </summary>
internal sealed class LocalToken(AccessControl access, IServer server, IHostApplicationLifetime life, ILoggerFactory loggers)
    : IHostedService
{
    private readonly string _token = AccessToken.New("local");
    private readonly List<string> _files = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!access.IsOpen)
        {
            access.SetLocal(_token);
            life.ApplicationStarted.Register(Leave);
            life.ApplicationStopping.Register(Remove);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>First of all when the node ends: closing files may take longer than a service manager waits.</summary>
    private void Remove()
    {
        foreach (string file in _files)
        {
            try
            {
                // A node that was started on the port meanwhile has left its own.
                if (File.Exists(file) && File.ReadAllText(file) == _token)
                {
                    File.Delete(file);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                RightsLog.NoLocalToken(loggers.CreateLogger("rig.access"), error.Message);
            }
        }
    }

    private void Leave()
    {
        if (LocalTokens.Own(Environment.GetEnvironmentVariable) is not { } folder)
        {
            return;
        }

        try
        {
            PrivateFile.CreateFolder(folder);
            foreach (int port in Ports())
            {
                string file = Path.Combine(folder, LocalTokens.FileName(port));
                PrivateFile.Write(file, _token, secret: true);
                _files.Add(file);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            RightsLog.NoLocalToken(loggers.CreateLogger("rig.access"), error.Message);
        }
    }

    /// <summary>A link listener's port is no door for programs, but its file hurts nobody.</summary>
    private IEnumerable<int> Ports() =>
        server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => BindingAddress.Parse(address).Port).Distinct();
}

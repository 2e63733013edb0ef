using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Authority;

namespace Rig.Lighthouse.Setup;

/// <summary>Brings a data folder to where a lighthouse can run from it: a new rig, a place in an existing one, or what was there before.</summary>
internal static class Preparation
{
    /// <summary>Letters and digits that are not mistaken for each other when they are read out.</summary>
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    private const int RigIdLength = 6;

    /// <returns>What was decided, and the authority; the caller's to dispose.</returns>
    /// <exception cref="SetupException">The folder and the options contradict each other.</exception>
    /// <exception cref="JoinException">The other lighthouse does not take it.</exception>
    public static async Task<(LighthouseFile Facts, CertificateAuthority Ca)> PrepareAsync(
        DataFolder folder,
        LighthouseOptions options,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        if (File.Exists(folder.FactsFile))
        {
            return (Again(folder, options), CertificateAuthority.Load(folder, time));
        }

        return options.Join is { } first ? await JoinAsync(folder, options, first, time, cancel) : New(folder, options, time);
    }

    /// <summary>Writes a first start that has no rig behind it.</summary>
    public static LighthouseFile Found(LighthouseOptions options, string rigId)
    {
        LighthouseFile facts = Blank(options, rigId);
        return facts with { InitialCluster = $"{facts.Name}={facts.PeerUrl}" };
    }

    private static (LighthouseFile Facts, CertificateAuthority Ca) New(DataFolder folder, LighthouseOptions options, TimeProvider time)
    {
        string rigId = options.Rig ?? $"rig-{RandomNumberGenerator.GetString(Alphabet, RigIdLength)}";
        CertificateAuthority ca = CertificateAuthority.Create(rigId, time);
        ca.Save(folder);
        LighthouseFile facts = Found(options, rigId);
        facts.Save(folder);
        return (facts, ca);
    }

    /// <summary>A later start. Addresses and ports follow the options; name and rig stay.</summary>
    private static LighthouseFile Again(DataFolder folder, LighthouseOptions options)
    {
        LighthouseFile before = LighthouseFile.Load(folder);
        if (options.Rig is { } rig && rig != before.RigId)
        {
            throw new SetupException(
                $"{folder.Root} belongs to rig {before.RigId}, not {rig}. Name another folder (--data DIR) for another rig."
            );
        }

        LighthouseFile now = before with { Address = options.Addresses[0], Ports = Keep(options.Ports, before.Ports) };
        now.Save(folder);
        return now;
    }

    private static async Task<(LighthouseFile Facts, CertificateAuthority Ca)> JoinAsync(
        DataFolder folder,
        LighthouseOptions options,
        Uri first,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        JoinToken token = RigJoin.Read(options.Token ?? "", JoinRole.Lighthouse);
        using LighthouseClient lighthouse = await LighthouseClient.OpenAsync(first, token.Fingerprint, null, time, cancel);
        LighthouseFile facts = Blank(options, lighthouse.Discovery.RigId);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        JoinAnswer answer = await lighthouse.JoinAsync(
            new JoinRequest
            {
                Secret = Convert.ToHexStringLower(token.Secret.Span),
                NodeId = facts.Name,
                Csr = RigCertificates.CreateRequest(facts.Name, key),
                Roles = [RigJoin.RoleName(JoinRole.Lighthouse)],
                Addresses = options.Addresses,
                Lighthouse = new LighthouseAddresses(facts.PeerUrl, facts.DiscoveryUrl),
            },
            cancel
        );
        LighthouseShare share = answer.Share ?? throw Incomplete();
        CertificateAuthority ca = Adopt(answer.Ca, share.CaKey, token, time);
        ca.Save(folder);
        facts = facts with
        {
            RigId = answer.RigId,
            InitialCluster = $"{share.InitialCluster},{facts.Name}={facts.PeerUrl}",
            JoinedExisting = true,
            Votes = false,
            Others = answer.EtcdEndpoints,
        };
        facts.Save(folder);
        return (facts, ca);
    }

    private static CertificateAuthority Adopt(string pem, string keyPem, JoinToken token, TimeProvider time)
    {
        try
        {
            CertificateAuthority ca = CertificateAuthority.Import(pem, keyPem, time);
            return ca.Fingerprint.AsSpan().SequenceEqual(token.Fingerprint.Span) ? ca : throw Incomplete();
        }
        catch (CryptographicException error)
        {
            throw Incomplete(error);
        }
    }

    private static SetupException Incomplete(Exception? error = null) =>
        new("The other lighthouse did not share the rig's CA. Bring both to the same version and join with a new token.", error);

    private static LighthouseFile Blank(LighthouseOptions options, string rigId) =>
        new()
        {
            RigId = rigId,
            Name = options.Name,
            Address = options.Addresses[0],
            Ports = Choose(options.Ports, options.Listen),
            InitialCluster = "",
        };

    private static Ports Choose(Ports wanted, string listen)
    {
        HashSet<int> taken = [];
        int One(int port)
        {
            while (port == 0 || !taken.Add(port))
            {
                port = Addresses.FreePort(listen);
            }

            return port;
        }

        return new Ports(One(wanted.Discovery), One(wanted.Join), One(wanted.Client), One(wanted.Peer));
    }

    private static Ports Keep(Ports wanted, Ports before)
    {
        static int One(int wanted, int before) => wanted == 0 ? before : wanted;
        return new Ports(
            One(wanted.Discovery, before.Discovery),
            One(wanted.Join, before.Join),
            One(wanted.Client, before.Client),
            One(wanted.Peer, before.Peer)
        );
    }
}

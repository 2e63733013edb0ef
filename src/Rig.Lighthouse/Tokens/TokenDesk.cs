using System.Text.Json;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Http;

namespace Rig.Lighthouse.Tokens;

/// <summary>
/// Gives out tokens and takes each back once. A token is a key on a lease; using it is one transaction that deletes the key and writes who
/// came in, so of two simultaneous uses one wins, on whichever lighthouses they arrive.
/// </summary>
internal sealed class TokenDesk(EtcdClient etcd, string rigId, TimeProvider time)
{
    /// <summary>How long after its end a refusal can still say what became of a token.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private readonly RigKeys _keys = new(rigId);

    /// <summary>Makes a token and keeps its hash.</summary>
    /// <param name="node">Lets in this id only, and in place of one that the rig knows; null for any new id.</param>
    public async Task<JoinToken> IssueAsync(
        JoinRole role,
        TimeSpan ttl,
        string? node,
        ReadOnlyMemory<byte> fingerprint,
        CancellationToken cancel
    )
    {
        JoinToken token = JoinToken.Create(role, fingerprint.Span);
        string hash = JoinToken.HashOf(token.Secret.Span);
        DateTimeOffset now = time.GetUtcNow();
        byte[] record = Write(new TokenRecord(RigJoin.RoleName(role), now, now + ttl, node));
        EtcdLease alive = await etcd.GrantLeaseAsync(ttl, cancel);
        EtcdLease remembered = await etcd.GrantLeaseAsync(ttl + Memory, cancel);
        await etcd.TransactAsync(
            new EtcdTransaction
            {
                Success = [Put(_keys.Token(hash), record, alive.Id), Put(_keys.TokenHistory(hash), record, remembered.Id)],
            },
            cancel
        );
        return token;
    }

    /// <summary>Whether the token would let this one in now.</summary>
    /// <exception cref="RefusedException">It would not.</exception>
    public async Task<TokenRecord> CheckAsync(string hash, JoinRole role, string id, CancellationToken cancel)
    {
        EtcdTransactionAnswer answer = await etcd.TransactAsync(
            new EtcdTransaction { Success = [Get(_keys.Token(hash)), Get(_keys.TokenHistory(hash)), Get(IdKey(role, id))] },
            cancel
        );
        TokenRecord? token = Read(answer, 0);
        TokenRecord? history = Read(answer, 1);
        return token switch
        {
            null when history is null => throw Refusals.TokenWrong(),
            null when history.UsedBy is { } user => throw Refusals.TokenUsed(user),
            null => throw Refusals.TokenExpired(),
            _ when token.Role != RigJoin.RoleName(role) => throw Refusals.TokenRole(
                $"The token lets in a {token.Role}, not a {RigJoin.RoleName(role)}.",
                $"Make another one: rig lighthouse token --role {RigJoin.RoleName(role)}."
            ),
            _ when token.Node is { } only && only != id => throw Refusals.TokenRole(
                $"The token lets in {only} alone, not {id}.",
                $"Join as {only}, or make a token for any new node: rig lighthouse token."
            ),
            _ when token.Node is null && answer.Responses[2].ResponseRange is { Kvs.Count: > 0 } => throw Refusals.IdTaken(
                id,
                role == JoinRole.Lighthouse
            ),
            _ => token,
        };
    }

    /// <summary>Uses the token up and writes who came in, both or neither.</summary>
    /// <exception cref="RefusedException">It does not let this one in (any more).</exception>
    public async Task UseAsync(string hash, JoinRole role, string id, byte[] record, CancellationToken cancel)
    {
        TokenRecord token = await CheckAsync(hash, role, id, cancel);
        long lease = (await etcd.GrantLeaseAsync(token.Expires - token.Created + Memory, cancel)).Id;
        List<EtcdCompare> stillThere =
        [
            new EtcdCompare
            {
                Target = "CREATE",
                Result = "GREATER",
                Key = _keys.Token(hash),
                CreateRevision = 0,
            },
        ];
        if (token.Node is null)
        {
            stillThere.Add(EtcdCompare.Absent(IdKey(role, id)));
        }

        EtcdTransactionAnswer answer = await etcd.TransactAsync(
            new EtcdTransaction
            {
                Compare = stillThere,
                Success =
                [
                    EtcdOperation.Of(new EtcdDelete { Key = _keys.Token(hash) }),
                    Put(_keys.TokenHistory(hash), Write(token with { UsedBy = id }), lease),
                    Put(IdKey(role, id), record, 0),
                ],
            },
            cancel
        );
        if (!answer.Succeeded)
        {
            await etcd.RevokeLeaseAsync(lease, cancel);
            await CheckAsync(hash, role, id, cancel);
            throw Refusals.TokenUsed("another at this moment");
        }
    }

    /// <summary>A lighthouse is not one of the rig any more, or never became one: its name is free.</summary>
    public Task ForgetLighthouseAsync(string name, CancellationToken cancel) =>
        etcd.DeleteAsync(new EtcdDelete { Key = _keys.Lighthouse(name) }, cancel);

    /// <summary>Null when the rig knows none of that name.</summary>
    public async Task<LighthouseRecord?> FindLighthouseAsync(string name, CancellationToken cancel) =>
        await etcd.GetAsync(_keys.Lighthouse(name), cancel) is { } found
            ? TokenJson.TryRead(found.Value.Span, TokenJson.Default.LighthouseRecord)
            : null;

    private static byte[] Write(TokenRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, TokenJson.Default.TokenRecord);

    private static TokenRecord? Read(EtcdTransactionAnswer answer, int index) =>
        answer.Responses[index].ResponseRange is { Kvs: [var found, ..] }
            ? TokenJson.TryRead(found.Value.Span, TokenJson.Default.TokenRecord)
            : null;

    private static EtcdOperation Get(string key) => EtcdOperation.Of(new EtcdRange { Key = key });

    private static EtcdOperation Put(string key, byte[] value, long lease) =>
        EtcdOperation.Of(
            new EtcdPut
            {
                Key = key,
                Value = value,
                Lease = lease,
            }
        );

    private string IdKey(JoinRole role, string id) => role == JoinRole.Lighthouse ? _keys.Lighthouse(id) : _keys.Node(id);
}

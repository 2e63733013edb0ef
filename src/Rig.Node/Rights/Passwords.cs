using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Rig.Node.Rights;

/// <summary>
/// Passwords of people as ASP.NET Core keeps them: PBKDF2 with HMAC-SHA-512, salted, so many rounds that a guess costs what OWASP's Password Storage Cheat Sheet (2023) asks
/// for. A guess costs this machine too: two are looked at in one instant, few may wait.
/// </summary>
internal sealed class Passwords : IDisposable
{
    public const int Shortest = 8;
    public const int Longest = 256;
    private const int Rounds = 210_000;
    private const int AtOnce = 2;
    private const int Waiting = 8;

    private readonly PasswordHasher<string> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));
    private readonly SemaphoreSlim _gate = new(AtOnce, AtOnce);
    private readonly string _nobody;
    private int _waiting;

    public Passwords() => _nobody = Hash(AccessToken.NewSecret());

    public string Hash(string password) => _hasher.HashPassword("", password);

    /// <summary>Whether it is the right one; takes as long for a user that does not exist.</summary>
    /// <param name="hash">Null for nobody.</param>
    /// <returns>Null when too many wait already.</returns>
    public async Task<bool?> CheckAsync(string? hash, string password, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref _waiting) > Waiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _gate.WaitAsync(cancel);
            try
            {
                bool right = await Task.Run(() => Matches(hash ?? _nobody, password), cancel);
                return right && hash is not null;
            }
            finally
            {
                _gate.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _gate.Dispose();

    private bool Matches(string hash, string password) =>
        password.Length <= Longest && _hasher.VerifyHashedPassword("", hash, password) != PasswordVerificationResult.Failed;
}

using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rig.Contracts.Access;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Node.Rights;

namespace Rig.Node.Tests.Rights;

/// <summary>Signing in and what a credential gives, takes and loses.</summary>
[Collection(RightsNode.Name)]
public sealed class SignInTests(RightsNode node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_user_signs_in_with_a_password_and_out_again()
    {
        await PutUserAsync("kim", "correct horse", Role.Operator);
        using HttpClient browser = node.Client(null);
        Me stranger = await MeAsync(browser);
        Assert.Equal((false, null, null), (stranger.Authenticated, stranger.Role, stranger.Name));

        using HttpResponseMessage login = await RightsNode.PostAsync(
            browser,
            "/api/v1/login",
            """{ "user": "kim", "password": "correct horse" }"""
        );
        string cookie = login.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Me kim = await MeAsync(browser);
        Assert.Equal(("kim", Role.Operator, CallerKind.Session), (kim.Name, kim.Role, kim.Kind));
        Assert.Equal(kim, await RightsNode.ReadAsync(login, RigJson.Default.Me));

        using HttpResponseMessage users = await browser.GetAsync("/api/v1/users");
        Assert.Equal(HttpStatusCode.Forbidden, users.StatusCode);
        using HttpResponseMessage logout = await RightsNode.PostAsync(browser, "/api/v1/logout", "{}");
        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        browser.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.False((await MeAsync(browser)).Authenticated);
    }

    [Fact]
    public async Task A_one_time_link_signs_in_once()
    {
        using HttpClient admin = node.Admin();
        using HttpResponseMessage made = await RightsNode.PostAsync(admin, "/api/v1/links", """{ "role": "viewer" }""");
        OneTimeLink link = await RightsNode.ReadAsync(made, RigJson.Default.OneTimeLink);
        Assert.StartsWith($"{node.Address}login#code=", link.Link, StringComparison.Ordinal);
        string body = $$"""{ "link": "{{link.Link.Split("code=")[1]}}" }""";
        using HttpClient browser = node.Client(null);
        using HttpResponseMessage first = await RightsNode.PostAsync(browser, "/api/v1/login", body);
        Assert.Equal(Role.Viewer, (await RightsNode.ReadAsync(first, RigJson.Default.Me)).Role);
        using HttpClient other = node.Client(null);
        Problem second = await ProblemAsync(await RightsNode.PostAsync(other, "/api/v1/login", body));
        Assert.Equal((401, ProblemCodes.LoginFailed), (second.Status, second.Code));
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Basic")]
    [InlineData("login")]
    public async Task A_token_is_taken_in_every_way_and_ends_when_it_is_revoked(string way)
    {
        TokenInfo token = await node.TokenAsync(Role.Viewer);
        using HttpClient client = node.Client(null);
        if (way == "login")
        {
            using HttpResponseMessage login = await RightsNode.PostAsync(client, "/api/v1/login", $$"""{ "token": "{{token.Token}}" }""");
            Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        }
        else
        {
            string text = way == "Bearer" ? token.Token! : Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{token.Token}"));
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(way, text);
        }

        Assert.Equal(Role.Viewer, (await MeAsync(client)).Role);
        await RevokeAsync(token.Id);
        Assert.False((await MeAsync(client)).Authenticated);
    }

    [Fact]
    public async Task What_runs_on_a_right_ends_with_it()
    {
        TokenInfo token = await node.TokenAsync(Role.Viewer);
        using HttpClient client = node.Client(token.Token);
        using HttpResponseMessage events = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await events.Content.ReadAsStreamAsync());
        Assert.Equal("event: hello", await reader.ReadLineAsync().WaitAsync(Patience));
        await RevokeAsync(token.Id);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync().WaitAsync(Patience) is not null)
            {
                // What was on its way when the right ended.
            }
        });
    }

    [Fact]
    public async Task A_new_password_or_role_ends_the_old_logins()
    {
        await PutUserAsync("lee", "first password", Role.Admin);
        using HttpClient browser = node.Client(null);
        using HttpResponseMessage login = await RightsNode.PostAsync(
            browser,
            "/api/v1/login",
            """{ "user": "lee", "password": "first password" }"""
        );
        Assert.True((await MeAsync(browser)).Authenticated);
        using HttpResponseMessage wrong = await RightsNode.PostAsync(
            browser,
            "/api/v1/me/password",
            """{ "old": "guessed one", "new": "second password" }"""
        );
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using HttpResponseMessage changed = await RightsNode.PostAsync(
            browser,
            "/api/v1/me/password",
            """{ "old": "first password", "new": "second password" }"""
        );
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.False((await MeAsync(browser)).Authenticated);
        using HttpResponseMessage again = await RightsNode.PostAsync(
            browser,
            "/api/v1/login",
            """{ "user": "lee", "password": "second password" }"""
        );
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Nothing_that_is_kept_opens_anything()
    {
        TokenInfo token = await node.TokenAsync(Role.Admin);
        await PutUserAsync("sam", "a secret of sam", Role.Viewer);
        string kept = await File.ReadAllTextAsync(Path.Combine(node.StateFolder, "access.json"));
        Assert.DoesNotContain(token.Token!, kept, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret of sam", kept, StringComparison.Ordinal);
        Assert.Contains(token.Id, kept, StringComparison.Ordinal);
        foreach (string file in (string[])["access.json", "shared.db"])
        {
            UnixFileMode mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Path.Combine(node.StateFolder, file));
            Assert.True(OperatingSystem.IsWindows() || mode == (UnixFileMode.UserRead | UnixFileMode.UserWrite), $"{file}: {mode}");
        }

        using HttpClient admin = node.Admin();
        Assert.DoesNotContain(token.Token!, await admin.GetStringAsync("/api/v1/tokens"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_past_the_gates_is_an_admins()
    {
        using HttpClient client = node.Client((await node.TokenAsync(Role.Operator)).Token);
        Problem refused = await ProblemAsync(await RightsNode.PostAsync(client, "/api/v1/start", """{ "force": true }"""));
        Assert.Equal((403, ProblemCodes.NotAllowed), (refused.Status, refused.Code));
        Assert.Contains("admin", refused.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "", "password": "long enough", "role": "viewer" }""")]
    [InlineData("""{ "name": "x y", "password": "long enough", "role": "viewer" }""")]
    [InlineData("""{ "name": "short", "password": "1234567", "role": "viewer" }""")]
    [InlineData("""{ "name": "who", "password": "long enough", "role": "king" }""")]
    [InlineData("""{ "name": "who", "password": "long enough", "role": 2 }""")]
    public async Task A_user_that_cannot_be_is_refused(string body)
    {
        using HttpClient admin = node.Admin();
        Problem refused = await ProblemAsync(await RightsNode.PostAsync(admin, "/api/v1/users", body));
        Assert.Equal((400, ProblemCodes.InvalidRequest), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Digest_proves_a_token_for_RTSP_and_only_while_it_holds()
    {
        MediaAccess media = node.Node.Services.GetRequiredService<MediaAccess>();
        TokenInfo token = await node.TokenAsync(Role.Viewer);
        string ha2 = DigestTests.Md5("DESCRIBE:rtsp://node:8554/cam0");
        string ha1 = DigestTests.Md5($"{token.Id}:{MediaAccess.Realm}:{token.Token}");
        DigestResponse answer = new(token.Id, "n0nce", "DESCRIBE", "rtsp://node:8554/cam0", DigestTests.Md5($"{ha1}:n0nce:{ha2}"));
        Assert.Equal(Role.Viewer, media.ByDigest(answer)?.Role);
        Assert.Equal(ha1, media.DigestSecret(token.Id, DigestAlgorithm.Md5)?.Ha1);
        Assert.Null(media.ByDigest(answer with { Nonce = "another" }));
        Assert.Null(media.ByDigest(answer with { UserName = "nobody" }));
        bool ended = false;
        using IDisposable registration = media.WhenEnded(media.ByDigest(answer)!, () => ended = true);
        await RevokeAsync(token.Id);
        Assert.True(ended);
        Assert.Null(media.ByDigest(answer));
    }

    private async Task PutUserAsync(string name, string password, Role role)
    {
        using HttpClient admin = node.Admin();
        string body = JsonSerializer.Serialize(new NewUser(name, password, role), RigJson.Default.NewUser);
        using HttpResponseMessage answer = await RightsNode.PostAsync(admin, "/api/v1/users", body);
        Assert.Equal(role, (await RightsNode.ReadAsync(answer, RigJson.Default.UserInfo)).Role);
    }

    private async Task RevokeAsync(string id)
    {
        using HttpClient admin = node.Admin();
        using HttpResponseMessage answer = await admin.DeleteAsync($"/api/v1/tokens/{id}");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task<Me> MeAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.GetAsync("/api/v1/me");
        return await RightsNode.ReadAsync(answer, RigJson.Default.Me);
    }

    private static async Task<Problem> ProblemAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), RigJson.Default.Problem)!;
        }
    }
}

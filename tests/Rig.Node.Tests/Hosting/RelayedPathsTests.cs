using Microsoft.AspNetCore.Http;
using Rig.Contracts.Access;
using Rig.Node.Hosting;

namespace Rig.Node.Tests.Hosting;

/// <summary>What one node asks of another for its clients.</summary>
public sealed class RelayedPathsTests
{
    [Theory]
    [InlineData("GET", "/relay/live/cam0", "/live/cam0")]
    [InlineData("HEAD", "/relay/recordings/CUP/a.mp4", "/recordings/CUP/a.mp4")]
    [InlineData("GET", "/relay/api/v1/config", "/api/v1/config")]
    [InlineData("POST", "/relay/api/v1/config", "/api/v1/config")]
    [InlineData("POST", "/relay/api/v1/selftest", "/api/v1/selftest")]
    [InlineData("POST", "/relay/record/start/cam0", "/record/start/cam0")]
    public void Pictures_recordings_and_a_nodes_own_commands_are_relayed(string method, string path, string real)
    {
        Assert.True(RelayedPaths.TryStrip(Request(method, path), out PathString stripped));
        Assert.Equal(real, stripped);
    }

    [Theory]
    [InlineData("POST", "/relay/api/v1/start")]
    [InlineData("POST", "/relay/live/cam0")]
    [InlineData("DELETE", "/relay/api/v1/config")]
    [InlineData("GET", "/relay/api/v1/users")]
    [InlineData("POST", "/relay/api/v1/tokens")]
    [InlineData("GET", "/relay/recordingsX/CUP")]
    [InlineData("GET", "/api/v1/config")]
    public void Nothing_else_is(string method, string path) => Assert.False(RelayedPaths.TryStrip(Request(method, path), out _));

    [Theory]
    [InlineData("Admin", Role.Admin)]
    [InlineData("operator", Role.Operator)]
    [InlineData("", Role.Viewer)]
    [InlineData("7", Role.Viewer)]
    [InlineData("root", Role.Viewer)]
    public void The_role_is_the_one_that_the_other_node_names_and_a_viewers_otherwise(string named, Role role)
    {
        HttpRequest request = Request("GET", "/relay/list");
        request.Headers[RelayedRequest.RoleHeader] = named;
        Assert.Equal(new RelayedRequest("CAM_L", role), RelayedRequest.From("CAM_L", request));
    }

    private static HttpRequest Request(string method, string path)
    {
        DefaultHttpContext http = new();
        http.Request.Method = method;
        http.Request.Path = path;
        return http.Request;
    }
}

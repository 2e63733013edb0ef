using Microsoft.Playwright;
using Rig.Dashboard.Tests.Support;

namespace Rig.Dashboard.Tests;

/// <summary>Who may do what on the page.</summary>
[Collection(Browsers.Name)]
public sealed class RightsTests(Browsers browsers)
{
    [Fact]
    public async Task A_viewer_watches_and_cannot_record()
    {
        await using Opened admin = await browsers.OpenAsync("CAM_L");
        await admin.Page.Locator(".record").WaitForAsync();
        string link = await admin.Page.EvaluateAsync<string>(
            """
            async () => {
              const answer = await fetch("/api/v1/links", { method: "POST", headers: { "content-type": "application/json" }, body: '{"role":"viewer"}' });
              return (await answer.json()).link;
            }
            """
        );
        string state = await browsers.SignInAsync(link);

        await using Opened viewer = await browsers.OpenAsync("CAM_L", device: Device.Phone, state: state);
        await viewer.StampsAsync(6);
        ILocator record = viewer.Page.Locator(".record");
        Assert.True(await record.IsDisabledAsync());
        Assert.Contains("You may watch", await record.InnerTextAsync(), StringComparison.Ordinal);
        int refused = await viewer.Page.EvaluateAsync<int>("async () => (await fetch('/api/v1/start', { method: 'POST' })).status");
        Assert.Equal(403, refused);
        await viewer.KeepAsync("viewer-phone-dark");
        await viewer.Page.GotoAsync($"{browsers.Rig.Addresses["CAM_L"]}/#/settings");
        await viewer.Page.Locator(".notice", new() { HasText = "shown to admins" }).WaitForAsync();
    }

    [Fact]
    public async Task Whoever_has_not_signed_in_is_led_to_the_page_for_it()
    {
        await using Opened nobody = await browsers.OpenAsync("CAM_C", state: """{"cookies":[],"origins":[]}""");
        await nobody.Page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/login");
    }
}

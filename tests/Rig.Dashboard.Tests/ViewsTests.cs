using Microsoft.Playwright;
using Rig.Dashboard.Tests.Support;

namespace Rig.Dashboard.Tests;

/// <summary>Every view on every kind of screen, dark and light: it fits, it breaks nothing, and a picture of it is kept.</summary>
[Collection(Browsers.Name)]
public sealed class ViewsTests(Browsers browsers)
{
    private static readonly (string Name, string View, string Shows)[] Views =
    [
        ("live", "#/", ".tile video"),
        ("rig", "#/rig", ".meter"),
        ("settings", "#/settings", ".group"),
        ("camera", "#/camera/CAM_C/cam0", ".facts"),
        ("recordings", "#/recordings", ".day, .empty"),
        ("history", "#/history", ".chart"),
        ("events", "#/events", ".log li"),
    ];

    /// <summary>The first views are looked at on every screen, the rest where people use them most.</summary>
    private const int Everywhere = 3;

    public static TheoryData<string, bool> Screens =>
        new()
        {
            { "phone", true },
            { "phone", false },
            { "tablet", true },
            { "tablet", false },
            { "desktop", true },
            { "desktop", false },
        };

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Every_view_fits_the_screen(string kind, bool dark)
    {
        Device device = ((Device[])[Device.Phone, Device.Tablet, Device.Desktop]).Single(one => one.Name == kind) with { Dark = dark };
        await using Opened opened = await browsers.OpenAsync("CAM_L", device: device);
        bool isUsual = (kind, dark) is ("phone", true) or ("desktop", false);
        foreach ((string name, string view, string shows) in Views.Take(isUsual ? Views.Length : Everywhere))
        {
            await opened.Page.EvaluateAsync("view => { location.hash = view; }", view);
            await opened.Page.Locator(shows).First.WaitForAsync();
            if (name == "live")
            {
                await opened.StampsAsync(kind == "tablet" ? 4 : 6);
            }

            bool fits = await opened.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth");
            Assert.True(fits, $"{name} is wider than a {kind}");
            await opened.KeepAsync($"{name}-{kind}-{(dark ? "dark" : "light")}");
        }

        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Everything_on_the_live_page_is_reached_by_keyboard_and_has_a_name()
    {
        await using Opened opened = await browsers.OpenAsync("CAM_L");
        await opened.StampsAsync(1);
        string[] nameless = await opened.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll("a, button, input, select, video, [role]")]
              .filter(element => !(element.getAttribute("aria-label") || element.textContent.trim() || element.labels?.length || element.getAttribute("aria-live")))
              .map(element => element.outerHTML.slice(0, 120))
            """
        );
        Assert.Empty(nameless);
        HashSet<string> reached = [];
        for (int i = 0; i < 40; i++)
        {
            await opened.Page.Keyboard.PressAsync("Tab");
            reached.Add(await opened.Page.EvaluateAsync<string>("() => document.activeElement?.className ?? ''"));
        }

        Assert.Contains(reached, name => name.StartsWith("hold record", StringComparison.Ordinal));
        Assert.Contains("tile-link", reached);
        Assert.Contains("skip", reached);
    }

    [Fact]
    public async Task The_page_can_be_installed_and_its_shell_opens_without_the_node()
    {
        await using Opened opened = await browsers.OpenAsync("CAM_L");
        await opened.StampsAsync(1);
        await opened.Page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
        await opened.Page.ReloadAsync();
        await opened.Context.SetOfflineAsync(true);
        await opened.Page.ReloadAsync();
        await opened.Page.Locator(".banner", new() { HasText = "lost the node" }).WaitForAsync();
        string kept = await opened.Page.EvaluateAsync<string>(
            "async () => (await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()).map(one => new URL(one.url).pathname)))).flat().join(' ')"
        );
        Assert.DoesNotContain("/api", kept, StringComparison.Ordinal);
        Assert.Contains("/assets/", kept, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;
using Rig.Dashboard.Tests.Support;

namespace Rig.Dashboard.Tests;

/// <summary>From the press on Record to the exported file, on a phone and on a desktop.</summary>
[Collection(Browsers.Name)]
public sealed class RecordingTests(Browsers browsers)
{
    private const string Session = "SEEN_LIVE";

    [Fact]
    public async Task A_session_is_recorded_marked_stopped_played_side_by_side_and_exported()
    {
        await using Opened phone = await browsers.OpenAsync("CAM_L", device: Device.Phone);
        await phone.StampsAsync(1);
        await NameAsync(phone.Page);
        await phone.KeepAsync("ready-phone-dark");

        await phone.Page.Locator(".record").TapAsync();
        Assert.Equal(0, await phone.Page.Locator(".stop").CountAsync());

        await phone.HoldAsync(".record", until: ".stop");
        await phone.Page.Locator(".running-facts", new() { HasText = Session }).WaitForAsync();
        await MarkAsync(phone.Page);
        await phone.Page.WaitForFunctionAsync("() => parseFloat(document.querySelector('.elapsed').textContent.split(':')[1]) >= 6");
        await phone.KeepAsync("recording-phone-dark");
        await phone.HoldAsync(".stop:enabled", until: ".record");

        await using Opened desktop = await browsers.OpenAsync("CAM_C", $"#/recordings/{Session}");
        await PlayAsync(desktop);
        await ExportAsync(desktop.Page);
        Assert.Empty(phone.Faults);
        Assert.Empty(desktop.Faults);
    }

    private static async Task NameAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Session…" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = false }).First.FillAsync(Session);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep for the next recording" }).ClickAsync();
    }

    private static async Task MarkAsync(IPage page)
    {
        await page.Locator(".mark").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Goal", Exact = true }).ClickAsync();
        await page.Locator(".mark", new() { HasText = "last: Goal" }).WaitForAsync();
    }

    /// <summary>After a jump every camera shows the same instant, to the picture; then they play.</summary>
    private static async Task PlayAsync(Opened desktop)
    {
        IPage page = desktop.Page;
        await page.Locator(".timeline-mark", new() { HasText = "Goal" }).ClickAsync();
        await page.WaitForFunctionAsync(
            $$"""
            () => {
              const stamps = Object.values(({{FrameStamps.Now}})());
              return stamps.length >= 6 && Math.max(...stamps) - Math.min(...stamps) < 1000 / 30;
            }
            """
        );
        Dictionary<string, double> before = await desktop.StampsAsync(6);
        await page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        foreach ((string camera, double stamp) in before)
        {
            await page.WaitForFunctionAsync(
                $"([camera, stamp]) => ({FrameStamps.Now})()[camera] > stamp + 300",
                new object[] { camera, stamp }
            );
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await desktop.KeepAsync("playback-desktop-light");
    }

    private static async Task ExportAsync(IPage page)
    {
        ILocator timeline = page.GetByRole(AriaRole.Slider);
        await timeline.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await page.GetByRole(AriaRole.Button, new() { Name = "Span begins here" }).ClickAsync();
        await page.Keyboard.PressAsync("Tab");
        await timeline.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.GetByRole(AriaRole.Button, new() { Name = "Span ends here" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync();
        IDownload saved = await page.RunAndWaitForDownloadAsync(() =>
            page.Locator(".row.file", new() { HasText = "CAM_R/cam1" }).GetByRole(AriaRole.Link).ClickAsync()
        );
        string file = Path.Combine(Checkout.Artifacts, "export.mp4");
        await saved.SaveAsAsync(file);
        double seconds = await SecondsAsync(file);
        Assert.InRange(seconds, 4.9, 5.2);
        File.Delete(file);
    }

    /// <summary>What ffprobe says of a file that it can decode.</summary>
    private static async Task<double> SecondsAsync(string file)
    {
        ProcessStartInfo start = new(
            "ffprobe",
            ["-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames,duration", "-of", "json", file]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using Process probe = Process.Start(start)!;
        using JsonDocument said = JsonDocument.Parse(await probe.StandardOutput.ReadToEndAsync());
        await probe.WaitForExitAsync();
        JsonElement stream = said.RootElement.GetProperty("streams")[0];
        Assert.True(int.Parse(stream.GetProperty("nb_read_frames").GetString()!) > 100);
        return double.Parse(stream.GetProperty("duration").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using Microsoft.Playwright;
using Rig.Dashboard.Tests.Support;
using Xunit.Abstractions;

namespace Rig.Dashboard.Tests;

/// <summary>The live wall.</summary>
[Collection(Browsers.Name)]
public sealed class WallTests(Browsers browsers, ITestOutputHelper output)
{
    private const int Cameras = 6;

    [Fact]
    public async Task Every_camera_of_the_rig_moves_on_the_wall_of_any_node()
    {
        await using Opened opened = await browsers.OpenAsync("CAM_R");
        foreach (string camera in (string[])["CAM_C/cam0", "CAM_C/cam1", "CAM_L/cam0", "CAM_L/cam1", "CAM_R/cam0", "CAM_R/cam1"])
        {
            IJSHandle shown = await opened.Page.WaitForFunctionAsync($"camera => ({FrameStamps.Now})()[camera] ?? false", camera);
            await opened.Page.WaitForFunctionAsync(
                $"([camera, stamp]) => ({FrameStamps.Now})()[camera] > stamp",
                new object[] { camera, await shown.JsonValueAsync<double>() }
            );
        }

        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task The_delay_from_capture_to_screen_is_measured_by_the_stamps_on_the_screen()
    {
        await using Opened opened = await browsers.OpenAsync("CAM_L");
        await opened.StampsAsync(Cameras);
        const int pictures = 60;
        Dictionary<string, double[]> delays = await opened.Page.EvaluateAsync<Dictionary<string, double[]>>(FrameStamps.Delays, pictures);
        double[] all = [.. delays.Values.SelectMany(each => each.TakeLast(pictures / 3)).Order()];
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"capture to screen over {delays.Count} cameras: median {all[all.Length / 2]:0} ms, 95th percentile {all[all.Length * 95 / 100]:0} ms"
        );
        output.WriteLine(line);
        await File.WriteAllTextAsync(Path.Combine(Checkout.Artifacts, "delay.txt"), line + "\n");
        Assert.NotEmpty(delays);
        Assert.All(all, delay => Assert.InRange(delay, 0, 60_000));
    }

    [Fact]
    public async Task The_page_says_that_the_node_is_away_and_comes_back_with_it()
    {
        await using Opened opened = await browsers.OpenAsync("CAM_C", device: Device.Phone);
        await opened.StampsAsync(1);
        await opened.Context.SetOfflineAsync(true);
        await opened.Page.Locator(".banner", new() { HasText = "lost the node" }).WaitForAsync();
        await opened.KeepAsync("node-away-phone-dark");
        await opened.Context.SetOfflineAsync(false);
        await opened.Page.Locator(".banner").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }
}

using Microsoft.Playwright;
using Rig.Dashboard.Tests.Support;

namespace Rig.Dashboard.Tests;

/// <summary>Settings of a node that is not the one which serves the page.</summary>
[Collection(Browsers.Name)]
public sealed class SettingsTests(Browsers browsers)
{
    [Fact]
    public async Task A_setting_of_another_node_is_checked_before_it_is_applied_and_can_be_taken_back()
    {
        await using Opened opened = await browsers.OpenAsync("CAM_L", "#/settings/CAM_R");
        IPage page = opened.Page;
        await page.GetByLabel("Find a setting of CAM_R").FillAsync("recording.rotation");
        ILocator rotation = page.Locator("[id='setting-recording.rotation']");
        ILocator apply = page.GetByRole(AriaRole.Button, new() { Name = "Apply" });

        await rotation.FillAsync("soon");
        await page.Locator(".save .notice", new() { HasText = "rotation" }).WaitForAsync();
        Assert.True(await apply.IsDisabledAsync());

        await rotation.FillAsync("7m");
        await page.Locator(".save-words", new() { HasText = "In force at once" }).WaitForAsync();
        await apply.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "take back" }).ClickAsync();
        await page.Locator(".save-words", new() { HasText = "In force at once" }).WaitForAsync();
        await opened.KeepAsync("settings-desktop-light");
        await apply.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "take back" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Empty(opened.Faults);
    }
}

using Microsoft.Playwright;

namespace Rig.Dashboard.Tests.Support;

/// <summary>The rig and the browser that the tests share, one test after the other. Each test opens pages of its own.</summary>
public sealed class Browsers : IAsyncLifetime
{
    public const string Name = "one rig, one browser";

    /// <summary>Debian's.</summary>
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>As on a device without a graphics card and without a network beyond the rig's.</summary>
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string _admin = "";

    internal DemoRig Rig { get; } = new();

    public async Task InitializeAsync()
    {
        await Rig.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Arguments });
        _admin = await SignInAsync(Rig.Link);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        await Rig.DisposeAsync();
    }

    /// <summary>Opens a one-time link in a browser of its own.</summary>
    /// <returns>The cookies that it left.</returns>
    internal async Task<string> SignInAsync(string link)
    {
        await using IBrowserContext context = await _browser!.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(link);
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        return await context.StorageStateAsync();
    }

    /// <summary>A page of a node, as an admin on a desktop unless it is said otherwise.</summary>
    internal async Task<Opened> OpenAsync(string node, string view = "", Device? device = null, string? state = null)
    {
        device ??= Device.Desktop;
        IBrowserContext context = await _browser!.NewContextAsync(
            new()
            {
                StorageState = state ?? _admin,
                ViewportSize = new ViewportSize { Width = device.Width, Height = device.Height },
                DeviceScaleFactor = device.Scale,
                ColorScheme = device.Dark ? ColorScheme.Dark : ColorScheme.Light,
                HasTouch = device.Touch,
                AcceptDownloads = true,
            }
        );
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(240_000);
        Opened opened = new(context, page);
        page.PageError += (_, error) => opened.Faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
            {
                opened.Faults.Add(message.Text);
            }
        };
        await page.GotoAsync($"{Rig.Addresses[node]}/{view}");
        return opened;
    }
}

/// <param name="Scale">Device pixels for one of the page's.</param>
internal sealed record Device(string Name, int Width, int Height, float Scale, bool Touch, bool Dark)
{
    public static Device Desktop { get; } = new("desktop", 1440, 900, 1, Touch: false, Dark: false);
    public static Device Tablet { get; } = new("tablet", 820, 1180, 1, Touch: true, Dark: true);
    public static Device Phone { get; } = new("phone", 390, 844, 2, Touch: true, Dark: true);
}

/// <summary>A page in a browser context of its own.</summary>
internal sealed class Opened(IBrowserContext context, IPage page) : IAsyncDisposable
{
    public IBrowserContext Context => context;
    public IPage Page => page;

    /// <summary>Exceptions of the page and breaches of its policy.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>The stamps that the videos show, once so many cameras show one.</summary>
    public async Task<Dictionary<string, double>> StampsAsync(int cameras)
    {
        await page.WaitForFunctionAsync($"() => Object.keys(({FrameStamps.Now})()).length >= {cameras}");
        return await page.EvaluateAsync<Dictionary<string, double>>(FrameStamps.Now);
    }

    /// <summary>Presses for as long as it takes until the page has changed: what is held acts while the finger is down.</summary>
    public async Task HoldAsync(string button, string until)
    {
        LocatorBoundingBoxResult box = (await page.Locator(button).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await page.Mouse.DownAsync();
        await page.Locator(until).First.WaitForAsync();
        await page.Mouse.UpAsync();
    }

    public Task KeepAsync(string name) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Artifacts, name + ".png"), Animations = ScreenshotAnimations.Disabled });

    public ValueTask DisposeAsync() => context.DisposeAsync();
}

[CollectionDefinition(Browsers.Name)]
public sealed class BrowserCollection : ICollectionFixture<Browsers>;

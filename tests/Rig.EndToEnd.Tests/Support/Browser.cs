using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>What a browser found when it loaded a file, sought in it and played on.</summary>
internal sealed record Playback(string? Error, double Duration, int Width, int Height, double SoughtTo, double PlayedTo);

/// <summary>Headless Chromium. A small page plays a file by its URL and posts what it found back to a listener of its own.</summary>
internal static class Browser
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Task<Playback> SeekAsync(Uri video, double seconds) => ShowAsync<Playback>(Page(video, seconds));

    /// <summary>Opens a page, and gives what it posts to its own address as JSON.</summary>
    /// <param name="behind">WebSockets that the page opens at its own address are passed on to this node: it takes none from pages of others.</param>
    public static async Task<T> ShowAsync<T>(string page, Uri? behind = null)
    {
        using HttpListener listener = Listen(out string address);
        string profile = Directory.CreateTempSubdirectory("rig-chromium-").FullName;
        using Process chromium = Start(profile, address);
        try
        {
            using CancellationTokenSource limit = new(Patience);
            return await ServeAsync<T>(listener, page, behind).WaitAsync(limit.Token);
        }
        finally
        {
            chromium.Kill(entireProcessTree: true);
            await chromium.WaitForExitAsync();
            await DeleteAsync(profile);
        }
    }

    private static async Task<T> ServeAsync<T>(HttpListener listener, string page, Uri? behind)
    {
        while (true)
        {
            HttpListenerContext context = await listener.GetContextAsync();
            if (context.Request.HttpMethod == "POST")
            {
                T found = (await JsonSerializer.DeserializeAsync<T>(context.Request.InputStream, JsonSerializerOptions.Web))!;
                context.Response.Close();
                return found;
            }

            if (context.Request.IsWebSocketRequest && behind is not null)
            {
                _ = PassOnAsync(context, behind);
                continue;
            }

            context.Response.ContentType = "text/html";
            context.Response.Close(Encoding.UTF8.GetBytes(page), willBlock: false);
        }
    }

    private static async Task PassOnAsync(HttpListenerContext context, Uri behind)
    {
        using ClientWebSocket node = new();
        await node.ConnectAsync(
            new UriBuilder(new Uri(behind, context.Request.RawUrl)) { Scheme = Uri.UriSchemeWs }.Uri,
            CancellationToken.None
        );
        using WebSocket page = (await context.AcceptWebSocketAsync(subProtocol: null)).WebSocket;
        await Task.WhenAny(PumpAsync(node, page), PumpAsync(page, node));
    }

    private static async Task PumpAsync(WebSocket from, WebSocket to)
    {
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            WebSocketReceiveResult got = await from.ReceiveAsync(buffer, CancellationToken.None);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, CancellationToken.None);
        }
    }

    private static string Page(Uri video, double seconds) =>
        $$"""
            <!doctype html><video muted src="{{video}}"></video>
            <script>
            const video = document.querySelector("video");
            const event = name => new Promise((done, fail) => {
              video.addEventListener(name, done, { once: true });
              video.addEventListener("error", () => fail(new Error(video.error.message)), { once: true });
            });
            const result = { error: null, duration: 0, width: 0, height: 0, soughtTo: 0, playedTo: 0 };
            (async () => {
              if (video.readyState < 1) await event("loadedmetadata");
              Object.assign(result, { duration: video.duration, width: video.videoWidth, height: video.videoHeight });
              const sought = event("seeked");
              video.currentTime = {{seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)}};
              await sought;
              result.soughtTo = video.currentTime;
              const shown = new Promise(done => {
                const look = (_, frame) => frame.mediaTime > result.soughtTo ? done(frame.mediaTime) : video.requestVideoFrameCallback(look);
                video.requestVideoFrameCallback(look);
              });
              await video.play();
              result.playedTo = await shown;
            })().catch(error => { result.error = String(error); }).finally(() => fetch("/", { method: "POST", body: JSON.stringify(result) }));
            </script>
            """;

    private static Process Start(string profile, string address)
    {
        string[] arguments =
        [
            .. "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".Split(
                ' '
            ),
            "--autoplay-policy=no-user-gesture-required",
            $"--user-data-dir={profile}",
            "--remote-debugging-port=0",
            address,
        ];
        Process process = Process.Start(
            new ProcessStartInfo("chromium", arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static HttpListener Listen(out string address)
    {
        while (true)
        {
            address = $"http://127.0.0.1:{Ports.Free()}/";
            HttpListener listener = new();
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException)
            {
                listener.Close();
            }
        }
    }

    /// <summary>Chromium's helpers may still write for a moment after it was ended.</summary>
    private static async Task DeleteAsync(string folder)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        for (int attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException)
            {
                await timer.WaitForNextTickAsync();
            }
        }
    }
}

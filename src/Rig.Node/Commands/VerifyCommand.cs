using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Rig.Actors.Manifests;
using Rig.Contracts.Recordings;
using Rig.Media.Time;
using Rig.Streams.Sources;
using Rig.Streams.Verification;

namespace Rig.Node.Commands;

/// <summary><c>verify</c>: decodes recordings and tells from the pictures themselves what is missing, there twice, or out of step.</summary>
internal static partial class VerifyCommand
{
    public static Command Create()
    {
        Argument<string[]> files = new("files")
        {
            Description = "Recordings; files of one camera and session are taken together.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = new("--json") { Description = "Prints the report as JSON." };
        Command command = new("verify", "Decodes recordings, reads the test cameras' frame stamps, and says what is missing or twice.")
        {
            files,
            json,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(files)!, parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string[] files, bool json, CancellationToken cancel)
    {
        IGrouping<CameraFiles, string>[] cameras = [.. files.Order(StringComparer.Ordinal).GroupBy(Camera)];
        VerificationReport report;
        try
        {
            report = await new FileVerifier().VerifyAsync([.. cameras.Select(camera => camera.ToArray())], Start(files[0]), cancel);
        }
        catch (SourceException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return ExitCodes.Failed;
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.VerificationReport));
        }
        else
        {
            bool isRig = cameras.DistinctBy(camera => camera.Key.Folder).Count() > 1;
            Print(report, [.. cameras.Select(camera => isRig ? camera.Key.InRig() : camera.Key.Name)]);
        }

        return report.Cameras.All(IsGood) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>A camera whose pictures have no stamps at all is a real one: decoding is all that can be judged.</summary>
    private static bool IsStamped(CameraReport camera) => camera.Undecodable < camera.Frames;

    private static bool IsGood(CameraReport camera) =>
        IsStamped(camera) ? camera.IsClean : camera.Frames > 0 && camera.Files.All(file => file.Error is null);

    private static void Print(VerificationReport report, string[] names)
    {
        for (int index = 0; index < names.Length; index++)
        {
            CameraReport camera = report.Cameras[index];
            Console.WriteLine(
                IsStamped(camera)
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{names[index]}: {camera.Files.Count} files, {camera.Frames} frames, {camera.Missing} missing, {camera.Duplicated} duplicated, {camera.Undecodable} unreadable, first {camera.First:O}{AfterT0(camera)}, last {camera.Last:O}"
                    )
                    : $"{names[index]}: {camera.Files.Count} files, {camera.Frames} frames decoded, no frame stamps (not a test camera)"
            );
            foreach (FileReport file in camera.Files.Where(file => file.Error is not null))
            {
                Console.WriteLine($"  {file.File}: {file.Error}");
            }
        }

        if (report.FirstFrameSpreadMs is { } spread)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"spread of the first frames: {spread:0.000} ms"));
        }

        if (report.DriftSpreadPpm is { } drift)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"spread of the cameras' clocks: {drift:0.0} ppm"));
        }
    }

    private static string AfterT0(CameraReport camera) =>
        camera.Files.Count > 0 && camera.Files[0].StartAfterT0Ms is { } after
            ? string.Create(CultureInfo.InvariantCulture, $" ({after:0.000} ms after T0)")
            : "";

    private static CameraFiles Camera(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return SegmentName().Match(Path.GetFileNameWithoutExtension(file)) is { Success: true } match
            ? new CameraFiles(folder, match.Groups["camera"].Value)
            : new CameraFiles(folder, Path.GetFileName(file));
    }

    /// <summary>T0 of the session, from the manifest beside a file.</summary>
    private static UtcInstant? Start(string file) => Camera(file).Manifest() is { } manifest ? UtcInstant.From(manifest.Start) : null;

    /// <summary>The files of one camera in one session: cameras of several nodes may bear the same id, their folders differ.</summary>
    private sealed record CameraFiles(string Folder, string Name)
    {
        /// <summary>With its node, as the rig names it.</summary>
        public string InRig() => Manifest() is { } manifest ? $"{manifest.Node}/{manifest.Camera}" : Path.Combine(Folder, Name);

        public Manifest? Manifest()
        {
            string file = Path.Combine(Folder, Name + ".json");
            try
            {
                return File.Exists(file) ? ManifestFile.Read(file) : null;
            }
            catch (InvalidDataException)
            {
                return null;
            }
        }
    }

    [GeneratedRegex(@"^(?<camera>.+)_\d{8}_\d{6}(_\d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SegmentName();
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(VerificationReport))]
internal sealed partial class ReportJson : JsonSerializerContext;

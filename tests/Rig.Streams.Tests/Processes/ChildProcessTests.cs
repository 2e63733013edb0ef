using System.Diagnostics;
using System.Text;
using Rig.Streams.Processes;

namespace Rig.Streams.Tests.Processes;

public sealed class ChildProcessTests
{
    private static readonly string Shell = ProgramPath.Find("sh")!;

    [Fact]
    public async Task Output_arrives_byte_for_byte_and_ends_with_the_child()
    {
        await using ChildProcess child = Run("head -c 3000000 /dev/zero | tr '\\0' 'x'; exit 7");

        byte[] output = await Task.Run(() => ReadAll(child));

        Assert.Equal(3_000_000, output.Length);
        Assert.DoesNotContain(output, value => value != 'x');
        Assert.Equal(new ChildExit(7, null), await child.Exited);
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are_written()
    {
        string[] arguments = ["a b", "$HOME", "'\"", "", "*", "-c"];
        await using ChildProcess child = ChildProcess.Start(
            new ChildCommand { Program = Shell, Arguments = ["-c", "for a; do printf '%s\\n' \"$a\"; done", "sh", .. arguments] }
        );

        string output = Encoding.UTF8.GetString(await Task.Run(() => ReadAll(child)));

        Assert.Equal(arguments, output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task The_last_fifty_lines_of_error_output_are_kept()
    {
        await using ChildProcess child = Run("i=1; while [ $i -le 120 ]; do echo line $i >&2; i=$((i+1)); done; printf unfinished >&2");
        await child.Exited;

        Assert.Equal([.. Enumerable.Range(71, 50).Select(i => $"line {i}"), "unfinished"], child.ErrorOutput);
    }

    [Fact]
    public async Task Error_output_without_an_end_takes_no_memory()
    {
        await using ChildProcess child = Run("head -c 2000000 /dev/zero | tr '\\0' 'x' >&2");
        await child.Exited;

        Assert.True(Assert.Single(child.ErrorOutput).Length <= 1000);
    }

    [Fact]
    public async Task Input_reaches_the_child_and_its_end_too()
    {
        await using ChildProcess child = ChildProcess.Start(new ChildCommand { Program = ProgramPath.Find("cat")!, HasInput = true });
        await child.Input!.WriteAsync("over and out"u8.ToArray());
        await child.Input.DisposeAsync();

        Assert.Equal("over and out", Encoding.UTF8.GetString(await Task.Run(() => ReadAll(child))));
        Assert.True((await child.Exited).IsSuccess);
    }

    [Fact]
    public async Task A_child_without_input_reads_an_empty_one()
    {
        await using ChildProcess child = ChildProcess.Start(new ChildCommand { Program = ProgramPath.Find("cat")! });

        Assert.Empty(await Task.Run(() => ReadAll(child)));
    }

    [Fact]
    public async Task A_child_that_listens_is_asked_to_end()
    {
        await using ChildProcess child = Run("trap 'echo closing >&2; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
        await Task.Run(() => child.Read(new byte[16], 10_000));

        await child.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(new ChildExit(3, null), await child.Exited);
        Assert.Contains("closing", child.ErrorOutput);
    }

    [Fact]
    public async Task A_child_that_does_not_listen_is_killed_with_its_own_children()
    {
        await using ChildProcess child = Run("trap '' TERM; sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & wait");
        byte[] line = new byte[16];
        int length = await Task.Run(() => child.Read(line, 10_000));
        int grandchild = int.Parse(Encoding.ASCII.GetString(line, 0, length));

        await child.StopAsync(TimeSpan.Zero);

        Assert.Equal(Libc.SigKill, (await child.Exited).Signal);
        await AssertGoneAsync(grandchild);
    }

    [Fact]
    public async Task A_child_is_not_affected_by_the_end_of_the_thread_that_started_it_but_by_the_death_of_its_process()
    {
        (Process node, int child) = await NodeLikeProcess.StartAsync("/bin/sleep", "600");
        using (node)
        {
            Assert.True(IsAlive(child));
            node.Kill();
            await node.WaitForExitAsync();
            await AssertGoneAsync(child);
        }
    }

    [Fact]
    public async Task Signals_that_this_process_ignores_end_a_child()
    {
        await using ChildProcess child = Run("kill -PIPE $$; echo survived");

        Assert.Empty(await Task.Run(() => ReadAll(child)));
        Assert.Equal(13, (await child.Exited).Signal);
    }

    [Fact]
    public void A_program_that_does_not_exist_is_not_found() => Assert.Null(ProgramPath.Find("no-such-program-here"));

    [Fact]
    public async Task A_file_that_is_no_program_is_an_error_with_the_kernels_words()
    {
        await using ChildProcess child = ChildProcess.Start(new ChildCommand { Program = "/etc/hostname" });

        Assert.False((await child.Exited).IsSuccess);
        Assert.Contains(child.ErrorOutput, line => line.Contains("/etc/hostname", StringComparison.Ordinal));
    }

    private static ChildProcess Run(string script) => ChildProcess.Start(new ChildCommand { Program = Shell, Arguments = ["-c", script] });

    private static byte[] ReadAll(ChildProcess child)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[1 << 18];
        for (int count = child.Read(buffer, 10_000); count != 0; count = child.Read(buffer, 10_000))
        {
            all.Write(buffer, 0, Math.Max(count, 0));
        }

        return all.ToArray();
    }

    /// <summary>Dead, or dead and waiting for its new parent to notice.</summary>
    private static bool IsAlive(int id)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{id}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task AssertGoneAsync(int id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (IsAlive(id))
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}

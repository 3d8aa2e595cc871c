using System.Text.RegularExpressions;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>The golden reports of each version of Kubernetes, without a server.</summary>
public sealed partial class VersionTests
{
    private const string TimedOut = "job/db-migrate-v42 (namespace shop): timed out after 2s: running, 1 active of 1 (0 ready)";

    /// <summary>The lines that a real 1.36.2 gave (recorded on 2026-11-29) where 1.20.2 gives something else, by the golden file's
    /// name. The other reports were the same.</summary>
    private static readonly Dictionary<string, string[]> Recorded = new(StringComparer.Ordinal)
    {
        ["crash-loop-full"] = [TimedOut + "; db-migrate-v42-x2x7k: line 30"],
        ["crash-loop-least"] = [TimedOut],
        ["image-full"] = [TimedOut + "; db-migrate-v42-x2x7k cannot pull image shop-migrate:v42 (ImagePullBackOff)"],
        ["image-least"] = [TimedOut],
    };

    public static TheoryData<string> Names =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "tests", "WaitFor.Cluster.Tests", "Golden"), "*.txt")
                .Select(file => Path.GetFileNameWithoutExtension(file)),
        ];

    [Theory]
    [InlineData("1.20.2", "a\nb\nd\n")]
    [InlineData("1.23.17", "a\nb\nd\n")]
    [InlineData("1.24", "a\nb (0 ready), c\nd\n")]
    [InlineData("1.30.14", "a\nb (0 ready), c\nd\n")]
    [InlineData("1.31.0", "a\nb (0 ready), c\nFailureTarget=True\nd\n")]
    [InlineData("1.36.2", "a\nb (0 ready), c\nFailureTarget=True\nd\n")]
    public void A_marked_part_exists_from_its_version_on(string server, string text) =>
        Assert.Equal(
            text,
            VersionedText.For(Version.Parse(server), "a\nb<<1.24+| (0 ready)>><<1.24+|, c>>\n<<1.31+|FailureTarget=True>>\nd\n")
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void Reports_differ_on_1_36_in_the_recorded_lines_alone(string name)
    {
        var oldest = Lines(Golden.Read(name, new Version(1, 20, 2)));
        var newest = Lines(Golden.Read(name, new Version(1, 36, 2)));

        Assert.Equal(Recorded.GetValueOrDefault(name, []).SelectMany(Lines), newest.Except(oldest));
    }

    /// <summary>The Job controller of 1.36 was seen to try again within the 2 s of a test, that of 1.20 waits 10 s: a report has one
    /// such event or more.</summary>
    [Fact]
    public void An_event_that_a_controller_records_again_for_another_pod_counts_once()
    {
        const string Text = "is\n                           forbidden: exceeded quota: no-pods";
        var golden = new Golden(new Dictionary<string, string>(), ["db"]);
        var report = $"""
              events, newest first:
                1s ago  FailedCreate  job/db: pods "db-bbbbb" {Text}
                9h ago  FailedCreate  job/db: pods "db-ccccc" {Text}
                9h ago  FailedCreate  job/db: pods "db-ccccc" {Text}, really
                9h ago  FailedCreate  job/db: pods "db-bbbbb" {Text}

            What to do
              1. db-bbbbb
            """;

        Assert.Equal(
            $"""
              events, newest first:
                3s ago  FailedCreate  job/db: pods "db-x2x7k" {Text}
                3s ago  FailedCreate  job/db: pods "db-m4n8p" {Text}, really
                3s ago  FailedCreate  job/db: pods "db-x2x7k" {Text}

            What to do
              1. db-x2x7k
            """,
            golden.Normalise(report)
        );
    }

    /// <summary>Lines, with durations without a space: how the program prints them is none of the server's business.</summary>
    private static IEnumerable<string> Lines(string text) => DurationPattern().Replace(text, "").Split('\n');

    [GeneratedRegex(@"(?<=\d) (?=[smh]\b)")]
    private static partial Regex DurationPattern();
}

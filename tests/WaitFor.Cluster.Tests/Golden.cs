using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>The exact text of a report, compared with Golden/NAME.txt. <c>WAITFOR_RENEW=1 dotnet test tests/WaitFor.Cluster.Tests
/// --filter ReportTests</c> writes the files again: read the difference before it is committed. A file whose text differs between versions
/// of Kubernetes (see <see cref="VersionedText"/>) is changed by hand.
/// <para>Only what differs from run to run is replaced, and always by something of the same length, so that lines break where they
/// broke:</para>
/// <list type="bullet">
/// <item>the test's own namespaces (each test has its own; a whole word, by what the test says it stands for);</item>
/// <item>the five random characters of a pod's name, only after the names of Jobs that the test gives: the first one met becomes x2x7k, the
/// second m4n8p: a report that
/// takes one pod for the other does not pass;</item>
/// <item>ages below 120 s (<c>3s ago</c>, <c>running for 3s</c>), the headline's <c>timed out after 2s</c> and
/// <c>(waited 0s)</c>;</item>
/// <item><c>9h ago</c> in the table of events: that is what <see cref="Scenario"/> dates them to, so that their column has one
/// width.</item>
/// </list>
/// An event that a controller records again when it tries again, with another pod's name, is left out: how often it tries in the
/// time of a test differs between versions.</summary>
internal sealed partial class Golden(IReadOnlyDictionary<string, string> namespaces, IReadOnlyList<string> jobs)
{
    private static readonly string[] Suffixes = ["x2x7k", "m4n8p", "q5r9t"];

    /// <summary>What a gate reported at its end: from the headline, without its time of day, to the end of the log.</summary>
    public static string ReportOf(string log)
    {
        var ends = EndPattern().Matches(log);
        Assert.True(ends.Count == 1, log);
        return log[(ends[0].Index + ends[0].Length)..];
    }

    /// <summary>Compares a report with its file.</summary>
    /// <param name="name">The file's name without its ending.</param>
    /// <param name="report">The report as the gate wrote it.</param>
    /// <param name="server">The server's version.</param>
    public void Compare(string name, string report, Version server)
    {
        var file = FileOf(name);
        var text = Normalise(report);
        if (Renewal.IsOn && !(File.Exists(file) && VersionedText.IsVersioned(File.ReadAllText(file))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.Equal(Read(name, server), text);
    }

    /// <summary>The text of a file, as a server of this version gives it.</summary>
    public static string Read(string name, Version server) => VersionedText.For(server, File.ReadAllText(FileOf(name)));

    private static string FileOf(string name) => Path.Combine(Repository.Root, "tests", "WaitFor.Cluster.Tests", "Golden", name + ".txt");

    internal string Normalise(string report)
    {
        foreach (var (real, shown) in namespaces)
        {
            Assert.True(real.Length == shown.Length, $"{real} and {shown} would break lines in different places");
            report = Regex.Replace(report, $@"(?<![\w-]){Regex.Escape(real)}(?![\w-])", shown);
        }

        report = WithoutRepeats(report);
        foreach (var job in jobs)
        {
            var seen = new List<string>();
            report = Regex.Replace(report, SuffixesOf(job), suffix =>
            {
                if (!seen.Contains(suffix.Value))
                    seen.Add(suffix.Value);
                return Suffixes[seen.IndexOf(suffix.Value)];
            });
        }

        report = EventAgePattern().Replace(report, "    3s ago  ");
        report = AgePattern().Replace(report, "3s");
        report = TimedOutPattern().Replace(report, "timed out after 2s: ");
        return WaitedPattern().Replace(report, "(waited 0s): ");
    }

    /// <summary>Leaves out an event that differs from a newer one by its age and a pod's random characters alone.</summary>
    private string WithoutRepeats(string report)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var kept = new List<string>();
        var lines = report.Split('\n');
        for (var (start, end) = (0, 0); start < lines.Length; start = end)
        {
            end = start + 1;
            var age = AnyEventPattern().Match(lines[start]);
            while (age.Success && end < lines.Length && lines[end].StartsWith("      ", StringComparison.Ordinal))
                end++;
            var text = string.Join('\n', lines[start..end])[age.Length..];
            var alike = jobs.Aggregate(text, (found, job) => Regex.Replace(found, SuffixesOf(job), ""));
            // Where the message stands above already, the pod's name is not in the line.
            var again = text.EndsWith(": as above", StringComparison.Ordinal);
            if (!age.Success || seen.TryAdd(alike, text) || (seen[alike] == text && !again))
                kept.AddRange(lines[start..end]);
        }

        return string.Join('\n', kept);
    }

    /// <summary>The random characters of the pods of a Job.</summary>
    private static string SuffixesOf(string job) => $@"(?<=(?<![\w-]){Regex.Escape(job)}-)[bcdfghjklmnpqrstvwxz2456789]{{5}}(?![\w-])";

    /// <summary>Now, as the API server writes it.</summary>
    public static string Now(TimeSpan ago = default) =>
        (DateTimeOffset.UtcNow - ago).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a termination message; the encoding throws at bytes that are not UTF-8.</summary>
    public static string Message(string file)
    {
        var bytes = File.ReadAllBytes(file);
        Assert.InRange(bytes.Length, 1, 4096);
        return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d error: ", RegexOptions.Multiline)]
    private static partial Regex EndPattern();

    [GeneratedRegex(@"^    \d[^:]*? ago  ")]
    private static partial Regex AnyEventPattern();

    [GeneratedRegex("^    9h ago  ", RegexOptions.Multiline)]
    private static partial Regex EventAgePattern();

    [GeneratedRegex(@"\b\d{1,3}s(?= ago\b)|(?<=\brunning for )\d{1,3}s\b")]
    private static partial Regex AgePattern();

    [GeneratedRegex(@"(?<=\A[^\n]*)timed out after \d{1,2}s: ")]
    private static partial Regex TimedOutPattern();

    [GeneratedRegex(@"(?<=\A[^\n]*)\(waited \d{1,2}s\): ")]
    private static partial Regex WaitedPattern();
}

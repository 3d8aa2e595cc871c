using System.Text.RegularExpressions;

namespace WaitFor.Cluster.Tests;

/// <summary>A text that is the same on all versions of Kubernetes but for marked parts: <c>&lt;&lt;1.24+| (0 ready)&gt;&gt;</c> is
/// <c> (0 ready)</c> from 1.24 on, and nothing before. A mark that is a whole line stands for that line.</summary>
internal static partial class VersionedText
{
    /// <summary>The text as a server of this version gives it.</summary>
    public static string For(Version server, string text) =>
        InlinePattern().Replace(LinePattern().Replace(text, mark => Part(server, mark, "\n")), mark => Part(server, mark, ""));

    /// <summary>Whether the text differs between versions.</summary>
    public static bool IsVersioned(string text) => InlinePattern().IsMatch(text);

    private static string Part(Version server, Match mark, string end) =>
        server >= Version.Parse(mark.Groups["from"].Value) ? mark.Groups["text"].Value + end : "";

    [GeneratedRegex(@"^<<(?<from>\d+\.\d+)\+\|(?<text>.*)>>\n", RegexOptions.Multiline)]
    private static partial Regex LinePattern();

    [GeneratedRegex(@"<<(?<from>\d+\.\d+)\+\|(?<text>.*?)>>")]
    private static partial Regex InlinePattern();
}

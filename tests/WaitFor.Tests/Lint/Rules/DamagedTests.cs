using WaitFor.CommandLine;

namespace WaitFor.Tests.Lint.Rules;

/// <summary>Manifests that nobody meant: each line of a good pattern left out, or with another kind of value. The rules end without an
/// exception.</summary>
public sealed class DamagedTests
{
    private static readonly string[] Values =
    [
        "", "null", "[x, 1, {a: b}]", "{a: [b], name: {c: d}}", "-9223372036854775808", "\"$(A)\"", "a=b,c",
    ];

    public static TheoryData<string> Hooks() =>
        [
            "{a: job}",
            "{helm.sh/hook: 'pre-install,post-upgrade', helm.sh/hook-weight: '-9223372036854775808'}",
            "{argocd.argoproj.io/hook: 'PreSync,PostSync', argocd.argoproj.io/sync-wave: '9223372036854775807'}",
        ];

    [Theory]
    [MemberData(nameof(Hooks))]
    public void No_exception(string annotations)
    {
        var lines = GoodPattern.With("{a: job}", annotations).Split('\n');
        var judged = 0;
        for (var index = 0; index < lines.Length; index++)
        {
            var colon = lines[index].IndexOf(':', StringComparison.Ordinal);
            foreach (var value in colon < 0 ? [] : Values)
            {
                string[] damaged = [.. lines[..index], $"{lines[index][..colon]}: {value}", .. lines[(index + 1)..]];
                judged += Judge(damaged);
            }

            judged += Judge([.. lines[..index], .. lines[(index + 1)..]]);
        }

        // Most are still YAML.
        Assert.InRange(judged, lines.Length, int.MaxValue);
    }

    private static int Judge(string[] lines)
    {
        try
        {
            _ = Judged.Of(string.Join('\n', lines));
            return 1;
        }
        catch (UsageException)
        {
            return 0;
        }
    }
}

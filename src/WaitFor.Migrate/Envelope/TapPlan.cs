using System.Globalization;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Envelope;

/// <summary>The lines of the Test Anything Protocol that a file's queries return, held to their plan.
/// <see href="https://testanything.org/tap-specification.html"/></summary>
internal sealed class TapPlan
{
    private int? _planned;
    private int _ran;
    private bool _open;

    /// <summary>What failed at the end of all lines; null if all passed.</summary>
    public string? Problem =>
        (_planned, _open) switch
        {
            (null, true) => "no_plan() was not followed by SELECT * FROM finish()",
            ({ } planned, _) when planned != _ran => $"{planned} tests were planned, {_ran} ran",
            _ => null,
        };

    /// <summary>Whether a statement may return no row: where a plan counts the tests. <c>todo()</c> returns none, nor does <c>finish()</c>
    /// when all is well, nor do fixtures.</summary>
    public bool MayBeEmpty(Statement statement)
    {
        // It returns no row either; its plan comes with finish().
        _open |= new Tokens(statement.Text).Any("no_plan");
        return _open || _planned is not null;
    }

    /// <summary><c>ok 1 - ...</c> passes, as do the plan (<c>1..3</c>), comments and blank lines; <c>not ok</c> passes only when it is
    /// marked
    /// as TODO.</summary>
    public string? Judge(string lines)
    {
        foreach (var line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
                continue;
            if (Plan(line) is { } planned)
            {
                _planned = planned;
                continue;
            }

            // A whole word: "okay" is none.
            var failed = line == "not ok" || line.StartsWith("not ok ", StringComparison.Ordinal);
            if (failed && !line.Contains("# TODO", StringComparison.OrdinalIgnoreCase))
                return line;
            if (!failed && line != "ok" && !line.StartsWith("ok ", StringComparison.Ordinal))
                return $"\"{line}\" is not a TAP line; write a query that returns true or false, or TAP lines";
            _ran++;
        }

        return null;
    }

    /// <summary>The number of tests in <c>1..3</c>, which <c># SKIP</c> may follow; null where the line is no plan.</summary>
    private static int? Plan(string line) =>
        line.StartsWith("1..", StringComparison.Ordinal)
        && int.TryParse(line.AsSpan(3).ToString().Split(' ', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var planned)
            ? planned
            : null;
}

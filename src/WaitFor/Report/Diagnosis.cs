using WaitFor.Kubernetes;
using WaitFor.Process;
using WaitFor.Report.Hints;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>How a gate ended, what was found about it, and what probably stands in the way: the text, the termination message and the JSON
/// show the same.</summary>
internal sealed class Diagnosis
{
    private const int TargetsInHeadline = 3;

    public Diagnosis(GateResult result, Facts facts)
    {
        (Result, Facts) = (result, facts);
        Hints = [.. facts.Targets.Select(HintRules.Of)];
        Headline = MakeHeadline();
    }

    public GateResult Result { get; }

    public Facts Facts { get; }

    /// <summary>What the rules found, for each target; in the order of <see cref="Facts.Targets"/>.</summary>
    public IReadOnlyList<IReadOnlyList<Hint>> Hints { get; }

    /// <summary>One line: the target, how its wait ended and after how long, and the cause.</summary>
    public string Headline { get; }

    private string MakeHeadline()
    {
        // The gate's own words say it all where a request was refused, or a signal came.
        if (Result.Outcome is not ("timed-out" or "failed" or "missing"))
            return Result.Message;

        var told = new List<(string Target, string Cause)>();
        for (var index = 0; index < Facts.Targets.Count; index++)
        {
            var facts = Facts.Targets[index];
            if (Result.Outcome == "timed-out" ? facts.Verdict.Kind == VerdictKind.Met : facts.Verdict.Kind != VerdictKind.Failed)
                continue;
            told.Add((NameOf(facts.Target), Tell(facts, Hints[index])));
        }

        var end =
            Result.Outcome == "timed-out"
                ? $"timed out after {Words.Duration(Result.Waited)}"
                : $"{Result.Outcome} (waited {Words.Duration(Result.Waited)})";
        if (told is [var (target, cause)])
            return $"{target}: {end}: {cause}";
        var more = told.Count - TargetsInHeadline;
        var targets = string.Join("; ", told.Take(TargetsInHeadline).Select(one => $"{one.Target}: {one.Cause}"));
        return $"{end}: {targets}{(more > 0 ? $"; and {more} more" : "")}";
    }

    /// <summary>State and fact; of a failed target the fact alone, as the state only says that it failed.</summary>
    private static string Tell(TargetFacts facts, IReadOnlyList<Hint> hints)
    {
        var state = Layout.Clean(ReportText.Unfailed(facts.Verdict.Sentence));
        // What only may be is no headline; how the target was followed is one only where nothing was found.
        if (
            hints
                .Where(hint => !hint.Rule.StartsWith("Perhaps", StringComparison.Ordinal))
                .OrderBy(hint => hint.Rule == nameof(AccessHints.WatchMissing))
                .FirstOrDefault()
                is not { Fact: var fact, Rule: var rule }
            || state.Contains(fact, StringComparison.Ordinal)
        )
            return state;
        if (facts.Verdict.Code == VerdictCode.NotKnownYet)
            return $"{state}: {fact}";
        if (fact.Contains(state, StringComparison.Ordinal))
            return fact;
        return facts.Verdict.Kind == VerdictKind.Failed && rule is nameof(PodHints.ContainerFailed) or nameof(PodHints.OutOfMemory)
            ? fact
            : $"{state}; {fact}";
    }

    /// <summary>The target with its namespace, which is where half of the errors are.</summary>
    public static string NameOf(Target target) =>
        target.ShowNamespace || target.Namespace is null
            ? ApiFault.OneLine(target.ToString())
            : $"{ApiFault.OneLine(target.ToString())} (namespace {target.Namespace})";
}

using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts;

/// <summary>The verdict on a target by its pods (<c>--fail-fast</c>), whatever its own state says.</summary>
public static class FailFast
{
    /// <summary>Failed where one of the pods can never start; else null.</summary>
    /// <param name="pods">The pods of the newest revision.</param>
    public static Verdict? Judge(IEnumerable<PodState> pods) =>
        pods.OrderBy(pod => pod.Name(), StringComparer.Ordinal)
            .Select(pod =>
                FailFastRules.Final(pod) is { } reason ? Verdict.Failed(VerdictCode.PodCannotStart, $"{pod.Name()}: {reason}") : null
            )
            .FirstOrDefault(verdict => verdict is not null);
}

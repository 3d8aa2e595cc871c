namespace WaitFor.Verdicts;

/// <summary>The verdict on several targets: all Met is Met, any Failed is Failed at once, everything else is Pending.</summary>
public static class Combine
{
    /// <summary>Combines the targets' verdicts; no target at all is never Met.</summary>
    public static Verdict All(IReadOnlyCollection<Verdict> verdicts)
    {
        var met = verdicts.Count(verdict => verdict.Kind == VerdictKind.Met);
        var failed = verdicts.Where(verdict => verdict.Kind == VerdictKind.Failed).ToList();

        if (failed.Count > 0)
        {
            // Only where nothing worse happened is the end "missing".
            var code = failed.TrueForAll(verdict => verdict.Code == VerdictCode.Missing) ? VerdictCode.Missing : VerdictCode.SomeFailed;
            return Verdict.Failed(code, $"{failed.Count} of {Words.Count(verdicts.Count, "target")} failed");
        }

        return met == verdicts.Count && met > 0
            ? Verdict.Met(VerdictCode.AllMet, $"{met} of {Words.Count(verdicts.Count, "target")} ready")
            : Verdict.Pending(VerdictCode.SomePending, $"{met} of {Words.Count(verdicts.Count, "target")} ready");
    }
}

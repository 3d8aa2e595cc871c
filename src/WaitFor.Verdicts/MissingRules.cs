namespace WaitFor.Verdicts;

/// <summary>What a missing target means: the named object does not exist, or nothing matches the selector. Never applied to a stale
/// one.</summary>
internal static class MissingRules
{
    public static Verdict Decide(Expectation expected, string sentence) =>
        expected.OnMissing switch
        {
            OnMissing.Fail => Verdict.Failed(
                VerdictCode.Missing,
                sentence.Replace(" yet", "", StringComparison.Ordinal) + " (--on-missing=fail)"
            ),
            OnMissing.Pass when expected.Kind == TargetKind.Job => Verdict.Met(
                VerdictCode.Missing,
                sentence + ": OPENED WITHOUT IT (--on-missing=pass)"
            ),
            _ => Verdict.Pending(VerdictCode.Missing, sentence),
        };
}

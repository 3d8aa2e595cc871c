namespace WaitFor.Findings;

/// <summary>An exception from a rule that a file makes for itself, with its reason.</summary>
/// <param name="Rule">The rule's name as written.</param>
/// <param name="Reason">Why; empty where none is given.</param>
/// <param name="File">The file that it stands in, and covers.</param>
/// <param name="Line">Its line, from 1.</param>
public sealed record Allowance(string Rule, string Reason, string File, int Line);

/// <summary>Applies allowances to findings.</summary>
public static class Allowances
{
    /// <summary>The rule of an allowance without a reason; an error, and the allowance does not count.</summary>
    public const string WithoutReason = "allowance-without-reason";

    /// <summary>The rule of an allowance for a rule that does not exist; an error.</summary>
    public const string Unknown = "allowance-unknown";

    /// <summary>The rule of an allowance that no finding needs; a warning.</summary>
    public const string Unused = "allowance-unused";

    /// <summary>These rules, for lists of rules.</summary>
    public static IReadOnlyList<Rule> Rules { get; } =
    [
        new(WithoutReason, Level.Error, "An allowance has no reason", "Write the reason after the rule's name"),
        new(Unknown, Level.Error, "An allowance names a rule that does not exist", "Correct the rule's name"),
        new(Unused, Level.Warning, "An allowance matches no finding", "Delete it"),
    ];

    /// <summary>Takes away what is allowed, and adds what is wrong with the allowances.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="allowances">All allowances of the files that were judged.</param>
    /// <param name="known">Every rule of the program.</param>
    /// <param name="mayAllow">Whether a finding can be allowed at all; null where every one can.</param>
    public static IReadOnlyList<Finding> Apply(
        IEnumerable<Finding> findings,
        IReadOnlyList<Allowance> allowances,
        IReadOnlyList<Rule> known,
        Func<Finding, bool>? mayAllow = null
    )
    {
        var used = new HashSet<Allowance>(ReferenceEqualityComparer.Instance);
        var left = new List<Finding>();
        foreach (var finding in findings)
        {
            var matching = allowances.Where(allowance => allowance.Rule == finding.Rule && allowance.File == finding.File).ToList();
            used.UnionWith(matching);
            if (!matching.Exists(allowance => allowance.Reason.Length > 0) || mayAllow?.Invoke(finding) == false)
                left.Add(finding);
        }

        foreach (var allowance in allowances)
        {
            if (known.All(rule => rule.Name != allowance.Rule))
                Add(allowance, Unknown, $"there is no rule {allowance.Rule}", "correct the name; the documentation lists all rules");
            else if (allowance.Reason.Length == 0)
                Add(
                    allowance,
                    WithoutReason,
                    $"{allowance.Rule} is allowed without a reason, so it is not allowed",
                    "write the reason after it"
                );
            else if (!used.Contains(allowance))
                Add(allowance, Unused, $"{allowance.Rule} is allowed, but nothing of the kind was found", "delete the allowance");
        }

        return left;

        void Add(Allowance allowance, string rule, string message, string fix) =>
            left.Add(
                new Finding(rule, Rules.Single(known => known.Name == rule).Level, allowance.File, allowance.Line, 1, null, message, fix)
            );
    }
}

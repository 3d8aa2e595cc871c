using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>validate-in-same-script: NOT VALID saves nothing where the lock that it took is held while all rows are checked.</summary>
internal sealed class ValidateInSameScript : ILintRule
{
    private static readonly Rule Validated = new(
        "validate-in-same-script",
        Level.Warning,
        "One transaction adds a constraint NOT VALID and validates it: the lock stays",
        "Validate it in its own script"
    );

    public IReadOnlyList<Rule> Rules => [Validated];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var transaction in rehearsal.Observations.GroupBy(observation => observation.Transaction))
        {
            var all = transaction.ToList();
            foreach (var constraint in all[^1].After.Constraints.Values)
            {
                if (
                    !constraint.Validated
                    || all[0].Before.Constraints.ContainsKey(constraint.Oid)
                    || !rehearsal.Origin.Relations.TryGetValue(constraint.Relation, out var table)
                    || IsInherited(all[^1].After, table, constraint)
                    || Validation(all, constraint) is not { } at
                )
                    continue;
                var name = $"ALTER TABLE {SqlName.Of(table)}";
                yield return Validated.At(
                    at,
                    $"constraint {constraint.Name} on {table.Title}",
                    "it is validated in the transaction that added it: all rows are checked while the lock of ADD CONSTRAINT is held",
                    $"""
                    validate it in its own script:
                    {name} VALIDATE CONSTRAINT {SqlName.Of(constraint.Name)};
                    """
                );
            }
        }
    }

    private static bool IsInherited(Catalog catalog, Relation table, Constraint constraint) =>
        table.Parent != 0
        && catalog.Constraints.Values.Any(other =>
            other.Relation == table.Parent && other.Kind == constraint.Kind && other.Name == constraint.Name
        );

    /// <summary>The statement that validated it; a block that did both shows it by its words alone.</summary>
    private static Observation? Validation(List<Observation> all, Constraint constraint) =>
        all.Find(observation =>
            observation.Before.Constraints.GetValueOrDefault(constraint.Oid) is { Validated: false }
            && observation.After.Constraints.GetValueOrDefault(constraint.Oid) is { Validated: true }
        )
        ?? all.Find(observation =>
            !observation.Before.Constraints.ContainsKey(constraint.Oid)
            && observation.After.Constraints.ContainsKey(constraint.Oid)
            && Kinds.Mentions(observation.Statement, "not", "valid")
            && Kinds.Mentions(observation.Statement, "validate", "constraint")
        );
}

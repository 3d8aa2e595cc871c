using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>rename-type and rename-enum-value: a type, or a label of an enum, has another name.</summary>
internal sealed class RenameType : ILintRule
{
    private static readonly Rule Renamed = new(
        "rename-type",
        Level.Error,
        "A type that the running release may name gets another name",
        "Leave its name: only casts and drivers see it"
    );

    private static readonly Rule Label = new(
        "rename-enum-value",
        Level.Error,
        "A value of an enum that the running release may write or compare gets another name",
        "Add the new value, change the rows in batches, and leave the old value"
    );

    public IReadOnlyList<Rule> Rules => [Renamed, Label];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var origin in unit.Origin.Types.Values)
            {
                if (!unit.Before.Types.TryGetValue(origin.Oid, out var before) || !unit.After.Types.TryGetValue(origin.Oid, out var after))
                    continue;
                foreach (var finding in Judge(unit, origin, before, after))
                    yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> Judge(Unit unit, UserType origin, UserType before, UserType after)
    {
        var now = Successors.Of(origin, unit.After);
        if (after.Name != before.Name && after.Name != origin.Name && (now is null || !Successors.Serves(origin, now)))
            yield return Renamed.At(
                unit.Changing(catalog => catalog.Types.GetValueOrDefault(origin.Oid)?.Name),
                before.Title,
                $"it is renamed to {after.Name}: statements of the running release that name it fail",
                "leave its name: only casts and drivers see it; or make a type of the new name beside it"
            );
        foreach (var (oid, label) in origin.Labels)
        {
            if (
                !before.Labels.TryGetValue(oid, out var was)
                || !after.Labels.TryGetValue(oid, out var renamed)
                || renamed == was
                || renamed == label
            )
                continue;
            yield return Label.At(
                unit.Changing(catalog => catalog.Types.GetValueOrDefault(origin.Oid)?.Labels.GetValueOrDefault(oid)),
                before.Title,
                $"its value '{was}' is renamed to '{renamed}': the running release cannot write '{was}', and does not know '{renamed}'",
                $"""
                add the new value, change the rows in batches once no pod writes the old one, and leave the old value:
                ALTER TYPE {SqlName.Of(before)} ADD VALUE '{renamed.Replace("'", "''", StringComparison.Ordinal)}';
                """
            );
        }
    }
}

using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>rename-function: a function or procedure has another name, and none takes its calls.</summary>
internal sealed class RenameFunction : ILintRule
{
    private static readonly Rule Renamed = new(
        "rename-function",
        Level.Error,
        "A function that the running release may call gets another name",
        "Make a function of the new name beside it, and drop the old one after no pod calls it"
    );

    public IReadOnlyList<Rule> Rules => [Renamed];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var origin in unit.Origin.Routines.Values)
            {
                if (
                    !unit.Before.Routines.TryGetValue(origin.Oid, out var before)
                    || !unit.After.Routines.TryGetValue(origin.Oid, out var after)
                    || after.Name == before.Name
                    || after.Name == origin.Name
                    || Successors.Of(origin, unit.After) is not null
                )
                    continue;
                yield return Renamed.At(
                    unit.Changing(catalog => catalog.Routines.GetValueOrDefault(origin.Oid)?.Name),
                    before.Title,
                    $"it is renamed to {after.Name}: calls of the running release fail",
                    $"""
                    make one of the new name beside it, and drop the old one after no pod calls it:
                    CREATE {(origin.Result is null ? "PROCEDURE" : "FUNCTION")} {SqlName.Of(after)} ...;
                    """
                );
            }
        }
    }
}

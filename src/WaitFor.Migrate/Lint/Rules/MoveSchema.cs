using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>move-schema: a relation, function or type stands in another schema, or the schema has another name.</summary>
internal sealed class MoveSchema : ILintRule
{
    private static readonly Rule Moved = new(
        "move-schema",
        Level.Error,
        "An object that the running release may use moves to another schema, or the schema is renamed",
        "Leave a view in its old place, and drop it after no pod uses it"
    );

    public IReadOnlyList<Rule> Rules => [Moved];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            var renamed = new HashSet<(string, string)>();
            foreach (var origin in unit.Origin.Namespaces.Values)
            {
                if (
                    !unit.Before.Namespaces.TryGetValue(origin.Oid, out var before)
                    || !unit.After.Namespaces.TryGetValue(origin.Oid, out var after)
                    || after.Name == before.Name
                    || after.Name == origin.Name
                )
                    continue;
                renamed.Add((before.Name, after.Name));
                yield return Moved.At(
                    unit.Changing(catalog => catalog.Namespaces.GetValueOrDefault(origin.Oid)?.Name),
                    before.Title,
                    $"it is renamed to {after.Name}: statements of the running release that name it, or find their objects in it, fail",
                    "leave its name; or make a new schema with views of the old one's tables, and let the next release use it"
                );
            }

            foreach (var (title, before, after, observation, kept) in Moves(unit))
            {
                if (!kept && !renamed.Contains((before, after)))
                    yield return Moved.At(
                        observation,
                        title,
                        $"it moves to schema {after}: statements of the running release do not find it",
                        title.StartsWith("table ", StringComparison.Ordinal)
                            ? $"""
                            leave a view in its old place for the running release, and drop it after no pod uses it:
                            CREATE VIEW {title["table ".Length..]} AS SELECT * FROM {SqlName.Of(after)}{title[title.LastIndexOf('.')..]};
                            """
                            : "leave it where it is, and make another one in the new schema for the next release"
                    );
            }
        }
    }

    private static IEnumerable<(string Title, string Before, string After, Observation At, bool Kept)> Moves(Unit unit)
    {
        foreach (var (origin, before, after) in unit.Relations())
        {
            // A sequence moves with the table that owns it.
            if (after.Schema != before.Schema && after.Schema != origin.Schema && !(after.Kind == 'S' && after.Parent != 0))
                yield return (
                    before.Title,
                    before.Schema,
                    after.Schema,
                    unit.Changing(catalog => catalog.Relations.GetValueOrDefault(origin.Oid)?.Schema),
                    Successors.Of(origin, unit.After) is { } now && Successors.Lacks(origin, now) is null
                );
        }

        foreach (var origin in unit.Origin.Routines.Values)
        {
            if (
                unit.Before.Routines.TryGetValue(origin.Oid, out var before)
                && unit.After.Routines.TryGetValue(origin.Oid, out var after)
                && after.Schema != before.Schema
                && after.Schema != origin.Schema
            )
                yield return (
                    before.Title,
                    before.Schema,
                    after.Schema,
                    unit.Changing(catalog => catalog.Routines.GetValueOrDefault(origin.Oid)?.Schema),
                    Successors.Of(origin, unit.After) is not null
                );
        }

        foreach (var origin in unit.Origin.Types.Values)
        {
            if (
                unit.Before.Types.TryGetValue(origin.Oid, out var before)
                && unit.After.Types.TryGetValue(origin.Oid, out var after)
                && after.Schema != before.Schema
                && after.Schema != origin.Schema
            )
                yield return (
                    before.Title,
                    before.Schema,
                    after.Schema,
                    unit.Changing(catalog => catalog.Types.GetValueOrDefault(origin.Oid)?.Schema),
                    Successors.Of(origin, unit.After) is { } now && Successors.Serves(origin, now)
                );
        }
    }
}

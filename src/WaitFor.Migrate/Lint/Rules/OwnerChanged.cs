using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>owner-changed: another role owns an object, and the one before has no rights by itself any more.</summary>
internal sealed class OwnerChanged : ILintRule
{
    private static readonly Rule Changed = new(
        "owner-changed",
        Level.Warning,
        "An existing object gets another owner, and the running release may be the one before",
        "Grant the permissions to the role of the running release first"
    );

    public IReadOnlyList<Rule> Rules => [Changed];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var (title, sql, origin, look) in Owned(unit.Origin))
            {
                if (look(unit.Before) is not { } before || look(unit.After) is not { } after || before == after || origin == after)
                    continue;
                yield return Changed.At(
                    unit.Changing(look),
                    title,
                    $"its owner is {after} now, was {before}: the running release loses its permissions if its role is {before}",
                    $"""
                    grant them first, unless {before} is a member of {after}:
                    GRANT ALL ON {sql} TO {SqlName.Of(before)};
                    """
                );
            }
        }
    }

    private static IEnumerable<(string Title, string Sql, string Origin, Func<Catalog, string?> Look)> Owned(Catalog origin)
    {
        // A sequence that a table owns follows it.
        foreach (var relation in origin.Relations.Values.Where(relation => relation.Kind != 'S' || relation.Parent == 0))
            yield return (
                relation.Title,
                (relation.Kind == 'S' ? "SEQUENCE " : "") + SqlName.Of(relation),
                relation.Owner,
                catalog => catalog.Relations.GetValueOrDefault(relation.Oid)?.Owner
            );
        foreach (var routine in origin.Routines.Values)
            yield return (
                routine.Title,
                $"{(routine.Result is null ? "PROCEDURE" : "FUNCTION")} {SqlName.Of(routine)}",
                routine.Owner,
                catalog => catalog.Routines.GetValueOrDefault(routine.Oid)?.Owner
            );
        foreach (var schema in origin.Namespaces.Values)
            yield return (
                schema.Title,
                $"SCHEMA {SqlName.Of(schema.Name)}",
                schema.Owner,
                catalog => catalog.Namespaces.GetValueOrDefault(schema.Oid)?.Owner
            );
    }
}

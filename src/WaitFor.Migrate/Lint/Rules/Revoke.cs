using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>revoke: a role has fewer rights, by REVOKE, or because an object was made again without its grants.</summary>
internal sealed class Revoke : ILintRule
{
    private static readonly Rule Revoked = new(
        "revoke",
        Level.Warning,
        "A role loses a permission on an existing object, and the running release may be that role",
        "Revoke it in a later release, after no pod needs it; grant again what a view or function loses that is made again"
    );

    public IReadOnlyList<Rule> Rules => [Revoked];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var change in Changes(unit))
            {
                foreach (var (role, lost) in change.Was.LostIn(change.Now))
                {
                    // Of an owner that has changed, another rule speaks.
                    if (role == change.Gone)
                        continue;
                    var who = role.Length == 0 ? "every role (PUBLIC)" : $"role {role}";
                    var grantee = role.Length == 0 ? "PUBLIC" : SqlName.Of(role);
                    yield return Revoked.At(
                        change.At,
                        change.Title,
                        $"{who} loses {lost}: the running release fails if it is that role",
                        $"""
                        revoke it in a later release, after no pod needs it; or give it back in this script:
                        GRANT {lost.Replace(" and ", ", ", StringComparison.Ordinal)} ON {change.Sql} TO {grantee};
                        """
                    );
                }
            }
        }
    }

    private static IEnumerable<(string Title, string Sql, Rights Was, Rights Now, string? Gone, Observation At)> Changes(Unit unit)
    {
        foreach (var origin in unit.Origin.Relations.Values)
        {
            if (!unit.Before.Relations.TryGetValue(origin.Oid, out var was))
                continue;
            var now = unit.After.Relations.GetValueOrDefault(origin.Oid) ?? Remade(unit, was);
            if (now is null || ReferenceEquals(now, was))
                continue;
            var sql = (was.Kind == 'S' ? "SEQUENCE " : "") + SqlName.Of(now);
            var rights = Of(now);
            yield return (
                was.Title,
                sql,
                Of(was),
                rights,
                was.Owner == now.Owner ? null : was.Owner,
                unit.Changing(catalog => Text(catalog.Relations.GetValueOrDefault(now.Oid)?.Acl))
            );
            foreach (var column in was.Columns.Values.Where(column => column.Acl is not null))
            {
                if (now.Columns.Values.FirstOrDefault(other => other.Number == column.Number) is { } left)
                    yield return (
                        $"column {was.Schema}.{was.Name}.{column.Name}",
                        sql,
                        new Rights(column.Acl),
                        new Rights([.. left.Acl ?? [], .. now.Acl ?? []]),
                        null,
                        unit.Changing(catalog => Text(Unit.Column(catalog, now.Oid, column.Number)?.Acl))
                    );
            }
        }

        foreach (var origin in unit.Origin.Routines.Values)
        {
            if (
                unit.Before.Routines.TryGetValue(origin.Oid, out var was)
                && (unit.After.Routines.GetValueOrDefault(origin.Oid) ?? Successors.Of(was, unit.After)) is { } now
            )
                yield return (
                    was.Title,
                    $"{(was.Result is null ? "PROCEDURE" : "FUNCTION")} {SqlName.Of(now)}",
                    Of(was),
                    Of(now),
                    was.Owner == now.Owner ? null : was.Owner,
                    unit.Changing(catalog => Text(catalog.Routines.GetValueOrDefault(now.Oid)?.Acl))
                );
        }

        foreach (var origin in unit.Origin.Namespaces.Values)
        {
            if (
                unit.Before.Namespaces.TryGetValue(origin.Oid, out var was) && unit.After.Namespaces.TryGetValue(origin.Oid, out var now)
            )
                yield return (
                    was.Title,
                    $"SCHEMA {SqlName.Of(now.Name)}",
                    new Rights(was.Acl, $"{was.Owner}=UC/"),
                    new Rights(now.Acl, $"{now.Owner}=UC/"),
                    was.Owner == now.Owner ? null : was.Owner,
                    unit.Changing(catalog => Text(catalog.Namespaces.GetValueOrDefault(now.Oid)?.Acl))
                );
        }
    }

    /// <summary>A view that was dropped and made again.</summary>
    private static Relation? Remade(Unit unit, Relation was) =>
        was.Kind is 'v' or 'm' && Successors.Of(was, unit.After) is { } now && Successors.Lacks(was, now) is null ? now : null;

    private static Rights Of(Relation relation) =>
        new(relation.Acl, relation.Kind == 'S' ? $"{relation.Owner}=rwU/" : $"{relation.Owner}=arwdDxt/");

    private static Rights Of(Routine routine) => new(routine.Acl, $"{routine.Owner}=X/", "=X/");

    private static string? Text(IReadOnlyList<string>? acl) => acl is null ? null : string.Join('\n', acl);
}

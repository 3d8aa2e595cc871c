namespace WaitFor.Migrate.Lint;

/// <summary>Statements whose effect is judged as a whole: those of one script, and of scripts that share a transaction. What a unit takes
/// away and puts back is no change.</summary>
/// <param name="Origin">The catalogs before the first script that is judged.</param>
/// <param name="Observations">The statements, in their order; at least one.</param>
internal sealed record Unit(Catalog Origin, IReadOnlyList<Observation> Observations)
{
    /// <summary>The catalogs before it.</summary>
    public Catalog Before => Observations[0].Before;

    /// <summary>The catalogs after it.</summary>
    public Catalog After => Observations[^1].After;

    /// <summary>Takes a rehearsal apart; units that change no catalog are left out.</summary>
    public static IEnumerable<Unit> Of(Rehearsal rehearsal)
    {
        var begin = 0;
        var all = rehearsal.Observations;
        for (var index = 1; index <= all.Count; index++)
        {
            if (
                index < all.Count
                && (all[index].Script == all[index - 1].Script || all[index].Transaction == all[index - 1].Transaction)
            )
                continue;
            var unit = new Unit(rehearsal.Origin, [.. all.Skip(begin).Take(index - begin)]);
            begin = index;
            if (unit.Observations.Any(observation => !ReferenceEquals(observation.Before, observation.After)))
                yield return unit;
        }
    }

    /// <summary>The last statement that changed what is looked at.</summary>
    public Observation Changing<T>(Func<Catalog, T> look) =>
        Observations.LastOrDefault(observation =>
            !EqualityComparer<T>.Default.Equals(look(observation.Before), look(observation.After))
        ) ?? Observations[^1];

    /// <summary>The relations that existed before the first script and exist before and after this unit.</summary>
    public IEnumerable<(Relation Origin, Relation Before, Relation After)> Relations()
    {
        foreach (var origin in Origin.Relations.Values)
        {
            if (Before.Relations.TryGetValue(origin.Oid, out var before) && After.Relations.TryGetValue(origin.Oid, out var after))
                yield return (origin, before, after);
        }
    }

    /// <summary>The columns of those relations that existed before the first script and exist before and after this unit.</summary>
    public IEnumerable<ColumnChange> Columns()
    {
        foreach (var (origin, before, after) in Relations())
        {
            if (ReferenceEquals(before, after))
                continue;
            foreach (var column in origin.Columns.Values)
            {
                if (before.Columns.TryGetValue(column.Number, out var was) && after.Columns.TryGetValue(column.Number, out var now))
                    yield return new ColumnChange(before, column, was, now);
            }
        }
    }

    /// <summary>Leaves out what a table has only from its parent, where the same happened to the parent's column of that name.</summary>
    public static IEnumerable<ColumnChange> Topmost(IEnumerable<ColumnChange> changes)
    {
        var all = changes.ToList();
        return all.Where(change =>
            !all.Exists(other => other.Relation.Oid == change.Relation.Parent && other.Before.Name == change.Before.Name)
        );
    }

    /// <summary>The column at a moment; null where there is none.</summary>
    public static Column? Column(Catalog catalog, uint relation, short number) =>
        catalog.Relations.TryGetValue(relation, out var found) && found.Columns.TryGetValue(number, out var column) ? column : null;
}

/// <summary>A column at three moments.</summary>
/// <param name="Relation">Its relation, before the unit.</param>
/// <param name="Origin">Before the first script that is judged.</param>
/// <param name="Before">Before the unit.</param>
/// <param name="After">After the unit.</param>
internal sealed record ColumnChange(Relation Relation, Column Origin, Column Before, Column After)
{
    /// <summary>Such as <c>column public.users.email</c>.</summary>
    public string Title => $"column {Relation.Schema}.{Relation.Name}.{Before.Name}";

    /// <summary>True where the unit changed something, and not back to what the running release knows.</summary>
    public bool Differs<T>(Func<Column, T> look) =>
        !EqualityComparer<T>.Default.Equals(look(Before), look(After)) && !EqualityComparer<T>.Default.Equals(look(Origin), look(After));
}

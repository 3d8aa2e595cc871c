using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>blocking-lock: a lock that holds up the running release is held while something takes long.</summary>
internal sealed class BlockingLock : ILintRule
{
    private static readonly Rule Blocks = new(
        "blocking-lock",
        Level.Warning,
        "A lock blocks reads or writes of an existing table during a scan, a rewrite or long work",
        "Split the script; use CONCURRENTLY and NOT VALID"
    );

    public IReadOnlyList<Rule> Rules => [Blocks];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        var sizes = new Sizes(rehearsal);
        foreach (var transaction in rehearsal.Observations.GroupBy(observation => observation.Transaction))
        {
            var all = transaction.ToList();
            var reported = new HashSet<uint>();
            for (var index = 0; index < all.Count; index++)
            {
                foreach (var (table, mode) in TableLocks.Of(all[index], sizes))
                {
                    if (!reported.Contains(table.Oid) && Meanwhile(rehearsal, sizes, all, index, table) is var (work, at))
                    {
                        reported.Add(table.Oid);
                        yield return Found(all[index], at, table, mode, work);
                    }
                }
            }
        }
    }

    private static Finding Found(Observation locking, Observation working, Relation table, string mode, string work)
    {
        var same = ReferenceEquals(locking, working);
        var name = SqlName.Of(table);
        var constraint = working
            .After.Constraints.Values.FirstOrDefault(constraint =>
                constraint is { Kind: 'c' or 'f', Validated: true }
                && constraint.Relation == table.Oid
                && working.Before.Constraints.GetValueOrDefault(constraint.Oid) is null or { Validated: false }
            );
        return Blocks.At(
            locking,
            table.Title,
            $"it is locked ({TableLocks.Title(mode)}) while {work}{(same ? "" : $" at line {working.Statement.Line}")}: nobody can "
                + $"{(mode == TableLocks.AccessExclusive ? "read or write" : "write")} it meanwhile",
            constraint is not null
                ? $"""
                each in its own script:
                ALTER TABLE {name} ADD CONSTRAINT {SqlName.Of(constraint.Name)} {ConstraintStrength.Plain(constraint)} NOT VALID;
                ALTER TABLE {name} VALIDATE CONSTRAINT {SqlName.Of(constraint.Name)};
                """
            : same ? "do in one statement only what is done at once: NOT VALID, CONCURRENTLY, batches"
            : $"""
            split the script: what locks in one,
            {Line(locking)};
            and in another one, what takes long:
            {Line(working)};
            """
        );
    }

    /// <summary>The first statement, from the one that took the lock on, that takes long; null where all is done at once.</summary>
    private static (string Work, Observation At)? Meanwhile(
        Rehearsal rehearsal,
        Sizes sizes,
        List<Observation> all,
        int first,
        Relation table
    )
    {
        var took = TimeSpan.Zero;
        for (var index = first; index < all.Count; index++)
        {
            var covered = IsCovered(rehearsal, sizes, all[index], table, onlyRewrites: index > first);
            if (!covered && LongWork.Of(all[index], sizes, rehearsal.Options) is { } work)
                return (work, all[index]);
            took += covered ? TimeSpan.Zero : all[index].Took;
            if (took > rehearsal.Options.LongWork)
                return ($"{took.TotalSeconds:0.0}s of work follow", all[index]);
        }

        return null;
    }

    /// <summary>True where another rule says the same of the statement and the table; under a lock of an earlier statement, an index
    /// that is built holds up reads too.</summary>
    private static bool IsCovered(Rehearsal rehearsal, Sizes sizes, Observation observation, Relation table, bool onlyRewrites)
    {
        if (sizes.Of(table) == TableSize.Small)
            return false;
        var tables = Rewrite.NewFiles(observation, rehearsal.Options).Select(file => file.Relation.Oid);
        if (!onlyRewrites)
            tables = tables
                .Concat(
                    IndexNotConcurrent
                        .Of(observation)
                        .Where(index => observation.After.Constraints.Values.All(constraint => constraint.Index != index.Oid))
                        .Select(index => index.Relation)
                )
                .Concat(ReindexNotConcurrent.Of(observation).Select(changed => changed.Table))
                .Concat(RefreshNotConcurrent.Of(observation).Select(view => view.Oid));
        return tables.Any(oid => sizes.Root(oid)?.Oid == table.Oid);
    }

    private static string Line(Observation observation)
    {
        var text = observation.Statement.Text;
        var end = text.IndexOfAny(['\r', '\n']);
        return end < 0 ? text : text[..end].TrimEnd() + " ...";
    }
}

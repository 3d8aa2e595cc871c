namespace WaitFor.Migrate.Lint.Rules;

/// <summary>Tells which statements take long on big tables.</summary>
internal static class LongWork
{
    /// <summary>Who reads this part of a big table's rows is scanning it, and not looking for a row.</summary>
    private const double Part = 0.1;

    /// <summary>What the statement does for long, as a part of a sentence; null where it does nothing of the kind.</summary>
    public static string? Of(Observation observation, Sizes sizes, LintOptions options)
    {
        foreach (var (root, rows) in Scanned(observation, sizes))
        {
            var size = sizes.Of(root);
            if (rows > 0 && (rows >= options.BigTable || (size == TableSize.Big && rows >= Part * sizes.Rows(root))))
                return $"{Reporting.Rows(rows)} of {root.Schema}.{root.Name} are scanned";
        }

        foreach (var (relation, emptied) in Rewrite.NewFiles(observation, options))
        {
            if (!emptied && sizes.Root(relation.Oid) is { } root && sizes.Of(root) == TableSize.Big)
                return $"{root.Schema}.{root.Name} is rewritten";
        }

        foreach (var index in IndexNotConcurrent.Of(observation))
        {
            if (sizes.Root(index.Relation) is { } root && sizes.Of(root) == TableSize.Big)
                return $"index {index.Name} is built on {root.Schema}.{root.Name}";
        }

        return options.Shadow ? Checked(observation, sizes) : null;
    }

    /// <summary>What scans a big table by its kind, for a database without rows.</summary>
    private static string? Checked(Observation observation, Sizes sizes)
    {
        if (ReferenceEquals(observation.Before, observation.After))
            return null;
        foreach (var constraint in observation.After.Constraints.Values)
        {
            if (
                constraint is { Kind: 'c' or 'f', Validated: true }
                && observation.Before.Constraints.GetValueOrDefault(constraint.Oid) is null or { Validated: false }
                && sizes.Root(constraint.Relation) is { } root
                && sizes.Of(root) == TableSize.Big
            )
                return $"{root.Schema}.{root.Name} is scanned for constraint {constraint.Name}";
        }

        return null;
    }

    private static IEnumerable<(Relation Root, long Rows)> Scanned(Observation observation, Sizes sizes) =>
        observation
            .Scanned.Select(pair => (Root: sizes.Root(pair.Key), pair.Value))
            .Where(scan => scan.Root is not null)
            .GroupBy(scan => scan.Root!.Oid)
            .Select(group => (group.First().Root!, group.Sum(scan => scan.Value)));
}

using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>not-null-without-default: a new column must be given by INSERTs that do not know it.</summary>
internal sealed class NotNullWithoutDefault : ILintRule
{
    private static readonly Rule Required = new(
        "not-null-without-default",
        Level.Error,
        "A new NOT NULL column has no default: INSERTs of the running release fail",
        "Add it nullable or with a default; make it NOT NULL after every release that inserts knows it"
    );

    public IReadOnlyList<Rule> Rules => [Required];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            var required = unit
                .Relations()
                .SelectMany(relation =>
                    relation.After.Columns.Values.Where(column =>
                            !relation.Origin.Columns.ContainsKey(column.Number)
                            && MustBeGiven(unit.After, column)
                            && !(relation.Before.Columns.TryGetValue(column.Number, out var was) && MustBeGiven(unit.Before, was))
                        )
                        .Select(column => (Relation: relation.After, Column: column))
                )
                .ToList();
            foreach (var (relation, column) in required)
            {
                if (required.Exists(other => other.Relation.Oid == relation.Parent && other.Column.Name == column.Name))
                    continue;
                var (table, name) = (SqlName.Of(relation), SqlName.Of(column.Name));
                yield return Required.At(
                    unit.Changing(catalog =>
                        Unit.Column(catalog, relation.Oid, column.Number) is { } now && MustBeGiven(catalog, now)
                    ),
                    $"column {relation.Schema}.{relation.Name}.{column.Name}",
                    "it is new, NOT NULL and without a default: INSERTs of the running release, which do not know it, fail",
                    $"""
                    add it nullable or with a default; make it NOT NULL after every release that inserts knows it:
                    ALTER TABLE {table} ADD COLUMN {name} {column.Type};
                    ALTER TABLE {table} ADD COLUMN {name} {column.Type} DEFAULT ... NOT NULL;
                    """
                );
            }
        }
    }

    private static bool MustBeGiven(Catalog catalog, Column column) =>
        (column.NotNull || Domains.NotNull(catalog, column.TypeOid))
        && column is { Default: null, Generated: ' ', Identity: ' ' }
        && Domains.Default(catalog, column.TypeOid) is null;
}

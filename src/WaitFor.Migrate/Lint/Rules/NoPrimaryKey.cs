using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>no-primary-key (style): a new table has no primary key.</summary>
internal sealed class NoPrimaryKey : ILintRule
{
    private static readonly Rule Missing = new(
        "no-primary-key",
        Level.Notice,
        "A new table has no primary key, so its rows cannot be told apart by replicas and batches",
        "Give it a primary key"
    );

    public IReadOnlyList<Rule> Rules => [Missing];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal) =>
        Style
            .NewTables(rehearsal)
            .Where(table =>
                table.Final.Constraints.Values.All(constraint => constraint.Relation != table.Table.Oid || constraint.Kind != 'p')
            )
            .Select(table =>
                Missing.At(
                    table.At,
                    table.Table.Title,
                    "it has no primary key: logical replication and batches cannot tell its rows apart",
                    $"ALTER TABLE {SqlName.Of(table.Table)} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;"
                )
            );
}

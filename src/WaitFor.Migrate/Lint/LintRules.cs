using WaitFor.Findings;
using WaitFor.Migrate.Lint.Rules;

namespace WaitFor.Migrate.Lint;

/// <summary>All rules of <c>migrate lint</c>: the list that documentation, SARIF and allowances read.</summary>
internal static class LintRules
{
    /// <summary>The rules, in the documentation's order.</summary>
    public static IReadOnlyList<ILintRule> All { get; } =
    [
        new DropColumn(),
        new DropRelation(),
        new DropFunction(),
        new DropType(),
        new RenameColumn(),
        new RenameRelation(),
        new RenameFunction(),
        new RenameType(),
        new MoveSchema(),
        new ChangeType(),
        new NotNullWithoutDefault(),
        new NotNull(),
        new NewConstraint(),
        new DefaultChanged(),
        new GeneratedChanged(),
        new IdentityChanged(),
        new Revoke(),
        new OwnerChanged(),
        new RowSecurityEnabled(),
        new Rewrite(),
        new BlockingLock(),
        new IndexNotConcurrent(),
        new DropIndexNotConcurrent(),
        new ReindexNotConcurrent(),
        new DetachNotConcurrent(),
        new RefreshNotConcurrent(),
        new ValidateInSameScript(),
        new BigUpdate(),
        new ManyLocks(),
        new NoPrimaryKey(),
        new NoForeignKeyIndex(),
        new Int4PrimaryKey(),
        new TimestampWithoutTimeZone(),
        new CharType(),
        new SerialColumn(),
        new Unrun(),
    ];

    /// <summary>Their names, levels and texts.</summary>
    public static IReadOnlyList<Rule> Known { get; } = [.. All.SelectMany(rule => rule.Rules), .. Allowances.Rules];
}

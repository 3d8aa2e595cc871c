namespace WaitFor.Migrate.Sql;

/// <summary>Statements of a script that run in one transaction; or one statement that runs by itself.</summary>
/// <param name="First">The index of the first statement.</param>
/// <param name="Last">The index of the last one: what ends the transaction, where the script says so.</param>
/// <param name="End">How it ends.</param>
/// <param name="Begun">True where the first statement is the script's own BEGIN, and begins it.</param>
internal readonly record struct Block(int First, int Last, BlockEnd End, bool Begun)
{
    /// <summary>Takes a script apart at what ends its transactions.</summary>
    /// <param name="statements">The statements.</param>
    /// <param name="always">True where a transaction begins by itself, as with Flyway's connection; false where only BEGIN begins
    /// one.</param>
    public static IReadOnlyList<Block> Of(IReadOnlyList<Statement> statements, bool always)
    {
        var blocks = new List<Block>();
        var first = -1;
        for (var index = 0; index < statements.Count; index++)
        {
            var control = Traits.ControlOf(statements[index]);
            if (first < 0 && !always && control != TransactionControl.Begin)
            {
                blocks.Add(new Block(index, index, BlockEnd.Single, Begun: false));
                continue;
            }

            if (first < 0)
                first = index;
            if (control is TransactionControl.Commit or TransactionControl.Rollback)
            {
                Add(index, control == TransactionControl.Commit ? BlockEnd.Commit : BlockEnd.Rollback);
                first = -1;
            }
        }

        if (first >= 0)
            Add(statements.Count - 1, BlockEnd.Script);
        return blocks;

        void Add(int last, BlockEnd end) =>
            blocks.Add(new Block(first, last, end, Begun: Traits.ControlOf(statements[first]) == TransactionControl.Begin));
    }

    /// <summary>The statements that it runs, without the one that ends it.</summary>
    public IEnumerable<Statement> Inner(IReadOnlyList<Statement> statements) =>
        statements.Skip(First).Take(Last - First + (End is BlockEnd.Commit or BlockEnd.Rollback ? 0 : 1));

    /// <summary>The checksum of its statements, by which a later run knows it again.</summary>
    public int Checksum(IReadOnlyList<Statement> statements) =>
        First == Last
            ? statements[First].Checksum
            : Sql.Checksum.Of(
                string.Join(";\n", statements.Skip(First).Take(Last - First + 1).Select(statement => statement.Text + statement.Data))
            );
}

/// <summary>How a <see cref="Block"/> ends.</summary>
internal enum BlockEnd
{
    /// <summary>It is one statement that runs by itself.</summary>
    Single = 0,

    /// <summary>COMMIT or END.</summary>
    Commit,

    /// <summary>ROLLBACK or ABORT.</summary>
    Rollback,

    /// <summary>The end of the script.</summary>
    Script,
}

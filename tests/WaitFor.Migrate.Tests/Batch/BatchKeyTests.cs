using WaitFor.Migrate.Batch;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>The condition of a batch.</summary>
public sealed class BatchKeyTests
{
    [Theory]
    [InlineData(null, "9", "(\"id\" <= '9'::pg_catalog.int8)")]
    [InlineData("5", "9", "(\"id\" > '5'::pg_catalog.int8 AND \"id\" <= '9'::pg_catalog.int8)")]
    public void One_column(string? after, string end, string expected) =>
        Assert.Equal(expected, Key(("id", "int8")).Condition(after is null ? null : [after], [end]));

    [Fact]
    public void A_qualifier_stands_in_the_condition_alone()
    {
        var key = new BatchKey("\"public\".\"t\"", [new TypedColumn(new KeyColumn("\"u\".", "id"), "int4")]);

        Assert.Equal("(\"u\".\"id\" <= '9'::pg_catalog.int4)", key.Condition(null, ["9"]));
        Assert.DoesNotContain("\"u\"", key.NextText(null, ["9"], 5), StringComparison.Ordinal);
    }

    [Fact]
    public void Quotes_and_backslashes_are_escaped_whatever_the_session_says() => Assert.Equal(
            @"(""name"" > 'it''s'::pg_catalog.text AND ""name"" <=  E'a\\b''c'::pg_catalog.text)",
            Key(("name", "varchar")).Condition(["it's"], [@"a\b'c"])
        );

    [Fact]
    public void Columns_that_both_ends_share_are_compared_for_equality() => Assert.Equal(
            "(\"a\" = '1'::pg_catalog.int4 AND \"b\" > '2'::pg_catalog.int8 AND \"b\" <= '9'::pg_catalog.int8)",
            Key(("a", "int4"), ("b", "int8")).Condition(["1", "2"], ["1", "9"])
        );

    [Fact]
    public void Others_are_compared_as_rows() => Assert.Equal(
            "(\"a\" >= '1'::pg_catalog.int4 AND (\"a\", \"b\") > ('1'::pg_catalog.int4, '2'::pg_catalog.int8) AND \"a\" <= "
                + "'3'::pg_catalog.int4 AND (\"a\", \"b\") <= ('3'::pg_catalog.int4, '1'::pg_catalog.int8))",
            Key(("a", "int4"), ("b", "int8")).Condition(["1", "2"], ["3", "1"])
        );

    private static BatchKey Key(params (string Name, string Type)[] columns) =>
        new("\"public\".\"t\"", [.. columns.Select(column => new TypedColumn(new KeyColumn("", column.Name), column.Type))]);
}

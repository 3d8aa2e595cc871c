using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class AdvisoryKeyTests
{
    [Theory]
    [InlineData("public", "flyway_schema_history", 77433833903597)]
    [InlineData("app", "flyway_schema_history", 77431436970681)]
    [InlineData("my \"odd\" schema", "t", 77431871801209)]
    [InlineData("Ünï", "T", 77432971916226)]
    public void It_is_the_one_that_Flyway_takes(string schema, string table, long key) =>
        Assert.Equal(key, AdvisoryKey.OfFlyway(schema, table));

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 97)]
    [InlineData("Aa", 2112)]
    [InlineData("BB", 2112)]
    [InlineData("é", 233)]
    [InlineData("flyway", -1271331428)]
    [InlineData("polygenelubricants", int.MinValue)]
    [InlineData("😀", (31 * 0xD83D) + 0xDE00)]
    public void The_hash_is_the_one_of_Java(string text, int hash) => Assert.Equal(hash, AdvisoryKey.JavaHash(text));

    [Fact]
    public void Schemas_tables_and_tools_have_keys_of_their_own()
    {
        long[] keys =
        [
            AdvisoryKey.OfFlyway("public", "flyway_schema_history"),
            AdvisoryKey.OfFlyway("public", "schema_version"),
            AdvisoryKey.OfFlyway("app", "flyway_schema_history"),
            AdvisoryKey.OfFlyway("a", "b\".\"c"),
            AdvisoryKey.OfFlyway("a\".\"b", "c"),
            AdvisoryKey.OfExec("public"),
            AdvisoryKey.OfExec("app"),
        ];

        Assert.Distinct(keys);
    }

    [Theory]
    [InlineData("users", "\"users\"", "'users'")]
    [InlineData("", "\"\"", "''")]
    [InlineData("a\"b", "\"a\"\"b\"", "'a\"b'")]
    [InlineData("it's", "\"it's\"", "'it''s'")]
    [InlineData("\"; DROP TABLE users; --", "\"\"\"; DROP TABLE users; --\"", "'\"; DROP TABLE users; --'")]
    [InlineData("'; DROP TABLE users; --", "\"'; DROP TABLE users; --\"", "'''; DROP TABLE users; --'")]
    [InlineData("a\\b", "\"a\\b\"", "'a\\b'")]
    public void Names_and_literals_are_quoted(string text, string name, string literal)
    {
        Assert.Equal(name, Identifier.Quote(text));
        Assert.Equal(literal, Identifier.Literal(text));
    }
}

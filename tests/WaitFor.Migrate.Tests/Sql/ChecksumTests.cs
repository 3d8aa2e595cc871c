using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

/// <summary>Flyway's checksum; the vectors were taken from Flyway itself.</summary>
public sealed class ChecksumTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("SELECT 1;", 78787420)]
    [InlineData("SELECT 1;\n", 78787420)]
    [InlineData("\uFEFFSELECT 1;", 78787420)]
    [InlineData("SELECT 1;\r\nSELECT 2;\r\n", -1665099012)]
    [InlineData("a\rb\n\nc", 891568578)]
    [InlineData("-- café € 😀\nSELECT 1;\n", 271579590)]
    [InlineData("CREATE TABLE t (id int);\n", 92137680)]
    public void It_is_the_one_of_Flyway(string text, int checksum) => Assert.Equal(checksum, Checksum.Of(text));

    [Theory]
    [InlineData("SELECT 1;\nSELECT 2;\n")]
    [InlineData("SELECT 1;\r\nSELECT 2;\r\n")]
    [InlineData("SELECT 1;\rSELECT 2;\r")]
    [InlineData("SELECT 1;\n\n\n\rSELECT 2;")]
    [InlineData("\n\rSELECT 1;SELECT 2;")]
    [InlineData("\uFEFFSELECT 1;\nSELECT 2;")]
    [InlineData("\uFEFF\r\nSELECT 1;\r\nSELECT 2;")]
    public void Line_ends_and_a_leading_byte_order_mark_do_not_count(string text) => Assert.Equal(-1665099012, Checksum.Of(text));

    [Theory]
    [InlineData("SELECT 1; SELECT 2;")]
    [InlineData("SELECT 1;\tSELECT 2;")]
    [InlineData("select 1;select 2;")]
    [InlineData("\uFEFF\uFEFFSELECT 1;SELECT 2;")]
    [InlineData("SELECT 1;\uFEFFSELECT 2;")]
    [InlineData("SELECT 1;\u2028SELECT 2;")]
    public void Everything_else_counts(string text) => Assert.NotEqual(-1665099012, Checksum.Of(text));

    [Theory]
    [InlineData("\uFEFF", 0)]
    [InlineData("\r\n\n\r", 0)]
    [InlineData("  ", -281864555)]
    [InlineData("ab\uFEFFc", 1634311035)]
    [InlineData("über 漢字", -1007450864)]
    public void Texts_beyond_the_usual(string text, int checksum) => Assert.Equal(checksum, Checksum.Of(text));

    [Fact]
    public void Half_a_surrogate_pair_is_no_surprise() =>
        Assert.All(["\uD83D", "\uDE00", "a\uD83D\r\nb"], text => Assert.NotEqual(0, Checksum.Of(text)));
}

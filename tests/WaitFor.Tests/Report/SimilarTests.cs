using WaitFor.Process;

namespace WaitFor.Tests.Report;

public sealed class SimilarTests
{
    [Theory]
    // Another version of the same name is no edit at all, however the versions look.
    [InlineData("db-migrate-v42", "db-migrate-v41", 0)]
    [InlineData("db-migrate-v9", "db-migrate-v10", 0)]
    [InlineData("db-migrate-1.4.2", "db-migrate-1.4.3", 0)]
    [InlineData("db-migrate-1.4.2", "db-migrate-2.0.0-rc1", null)]
    [InlineData("db-migrate-7f9c2ab", "db-migrate-0d1e55c4b", 0)]
    [InlineData("db-migrate-20261120", "db-migrate-20261119", 0)]
    [InlineData("db-migrate-v42", "db-migrate", 0)]
    [InlineData("db-migrate", "db-migrate-v42", 0)]
    // Typos: a letter too many, too few, another one, two swapped.
    [InlineData("redis", "rediss", 1)]
    [InlineData("redis", "reds", 1)]
    [InlineData("redis", "radis", 1)]
    [InlineData("redis", "redsi", 1)]
    [InlineData("db-migrate", "db-migarte", 1)]
    [InlineData("db-migration", "bd-migratoin", 2)]
    [InlineData("db-migration", "db-migrate", 3)]
    // Other names.
    [InlineData("db-migration", "report-nightly", null)]
    [InlineData("db-migrate", "db-cleanup", null)]
    [InlineData("db-migrate-v42", "db-cleanup-v42", null)]
    [InlineData("redis", "radio", null)]
    [InlineData("redis", "redis-master", null)]
    [InlineData("web", "api", null)]
    // Of a short name every letter counts, and the stem must be a name.
    [InlineData("web", "wep", 1)]
    [InlineData("db", "mq", null)]
    [InlineData("a-1", "a-20", null)]
    [InlineData("db-1", "db-20", null)]
    [InlineData("web-1", "web-20", 0)]
    public void Names_are_as_far_apart_as_their_edits(string name, string other, int? distance) =>
        Assert.Equal(distance, Similar.Distance(name, other));

    [Theory]
    [InlineData("db-migrate-v42", "db-migrate-v40 db-migrate-v41 cleanup", "db-migrate-v41")]
    [InlineData("db-migrate-v42", "db-migrate-v41 db-migrate-v40 cleanup", "db-migrate-v41")]
    [InlineData("db-migrate-v42", "db-migrate-v9 db-migrate-v41", "db-migrate-v41")]
    [InlineData("db-migrate-v42", "db-migrate-1.10.0 db-migrate-1.9.3", "db-migrate-1.10.0")]
    [InlineData("db-migrate-v42", "db-migrate-v09 db-migrate-v9", "db-migrate-v9")]
    [InlineData("redis", "redsi reddit", "redsi")]
    [InlineData("redis", "rediss redis", "rediss")]
    [InlineData("web-12", "web-11 weeb-12", "web-11")]
    [InlineData("db", "mq cache", null)]
    [InlineData("db", "", null)]
    public void The_nearest_is_taken_and_of_several_alike_the_last(string name, string others, string? nearest) =>
        Assert.Equal(nearest, Similar.Nearest(name, others.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Names_of_the_greatest_length_are_compared_in_no_time() =>
        Assert.Equal(1, Similar.Distance(new string('a', 253), new string('a', 252)));
}

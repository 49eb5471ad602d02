package train

import "github.com/volley-snn/volley/snn/random"

// epochs of sets that are not learned from start here: they are encoded alike in
// every epoch.
const testEpoch = 1 << 40

func splitKey(seed uint64) random.Key { return random.Seed(seed, random.Order).Sub(testEpoch) }

func orderKey(seed, epoch uint64) random.Key { return random.Seed(seed, random.Order).Sub(epoch) }

func encodingKey(seed, epoch uint64, sample int32) random.Key {
	return random.Seed(seed, random.Encoding).Sub(epoch).Sub(uint64(sample))
}

func potentialKey(seed, epoch uint64, sample int32) random.Key {
	return random.Seed(seed, random.Noise).Sub(epoch).Sub(uint64(sample))
}

func ruleKey(seed, epoch uint64, batch, rule int) random.Key {
	return random.Seed(seed, random.Surrogate).Sub(epoch).Sub(uint64(batch)).Sub(uint64(rule))
}

func augmentationKey(seed, epoch uint64, sample int32) random.Key {
	return random.Seed(seed, random.Augmentation).Sub(epoch).Sub(uint64(sample))
}
